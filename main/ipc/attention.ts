import type { TopicName, TopicPayload } from "#common/ipc/contract.ts";
import type { TopicBus } from "./handlers.ts";
import type { Notification, Shell } from "./shell.ts";

/** Engines elsewhere have clocks of their own. */
const CLOCK_SLACK_MS = 30_000;

/**
 * Keeps tray and badge at what runs and what waits, and rings for proposals and held pushes that are filed after `since`; those
 * that wait when the panel starts do not ring, however late their bottle is connected to (SUP-8). The words are ours: an
 * agent's never reach the desktop.
 */
export function watchAttention(bus: TopicBus, shell: Pick<Shell, "notify" | "showAttention">, since = Date.now()): Disposable {
  const watch = new AttentionWatch(shell, since - CLOCK_SLACK_MS);
  return bus.subscribe((topic, payload) => watch.take(topic, payload));
}

interface Waiting {
  readonly id: string;
  readonly slug: string;
  readonly time: string;
}

class AttentionWatch {
  readonly #shell: Pick<Shell, "notify" | "showAttention">;
  readonly #since: number;
  readonly #rung = new Set<string>();
  #running: readonly string[] = [];
  #proposals = 0;
  #pushes = 0;

  constructor(shell: Pick<Shell, "notify" | "showAttention">, since: number) {
    this.#shell = shell;
    this.#since = since;
  }

  take(topic: TopicName, payload: TopicPayload<TopicName>): void {
    if (topic === "proposals") this.#takeProposals(payload as TopicPayload<"proposals">);
    if (topic === "pushes") this.#takePushes(payload as TopicPayload<"pushes">);
    if (topic === "bottles") this.#takeBottles(payload as TopicPayload<"bottles">);
  }

  #takeBottles(bottles: TopicPayload<"bottles">): void {
    this.#running = bottles.filter((bottle) => bottle.state === "running" || bottle.state === "starting").map((bottle) => bottle.slug);
    this.#show();
  }

  #takeProposals(proposals: TopicPayload<"proposals">): void {
    const pending = proposals.filter(({ status }) => status === "pending");
    this.#proposals = pending.length;
    this.#ring(
      pending.map(({ id, slug, createdAt }) => ({ id, slug, time: createdAt })),
      announceProposal,
    );
  }

  #takePushes(pushes: TopicPayload<"pushes">): void {
    const held = pushes.filter(({ status }) => status === "held");
    this.#pushes = held.length;
    this.#ring(
      held.map(({ slug, push }) => ({ id: push.id, slug, time: push.time })),
      announcePush,
    );
  }

  #ring(waiting: readonly Waiting[], announce: (slug: string) => Notification): void {
    for (const { id, slug, time } of waiting) {
      if (this.#rung.has(id) || Date.parse(time) < this.#since) continue;
      this.#rung.add(id);
      this.#shell.notify(announce(slug));
    }
    this.#show();
  }

  #show(): void {
    this.#shell.showAttention({ running: this.#running, pending: this.#proposals + this.#pushes });
  }
}

function announceProposal(slug: string): Notification {
  return { title: `${slug} asks for something`, body: "Open the inbox to see what it would make possible, and decide." };
}

function announcePush(slug: string): Notification {
  return { title: `A push of ${slug} is held`, body: "Open the inbox to see what it would send and what was found in it, and decide." };
}
