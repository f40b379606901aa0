import type { TopicName, TopicPayload } from "#common/ipc/contract.ts";
import type { TopicBus } from "./handlers.ts";
import type { Attention, Notification, Shell } from "./shell.ts";

/**
 * Keeps tray and badge at what runs and what waits, and rings for proposals that are new; those that wait when the panel
 * starts do not ring (SUP-8). The words are ours: an agent's never reach the desktop.
 */
export function watchAttention(bus: TopicBus, shell: Pick<Shell, "notify" | "showAttention">): Disposable {
  const watch = new AttentionWatch(shell);
  return bus.subscribe((topic, payload) => watch.take(topic, payload));
}

class AttentionWatch {
  readonly #shell: Pick<Shell, "notify" | "showAttention">;
  #known: Set<string> | null = null;
  #attention: Attention = { running: [], pending: 0 };

  constructor(shell: Pick<Shell, "notify" | "showAttention">) {
    this.#shell = shell;
  }

  take(topic: TopicName, payload: TopicPayload<TopicName>): void {
    if (topic === "proposals") this.#takeProposals(payload as TopicPayload<"proposals">);
    if (topic === "bottles") this.#takeBottles(payload as TopicPayload<"bottles">);
  }

  #takeBottles(bottles: TopicPayload<"bottles">): void {
    const running = bottles.filter((bottle) => bottle.state === "running" || bottle.state === "starting").map((bottle) => bottle.slug);
    this.#show({ ...this.#attention, running });
  }

  #takeProposals(proposals: TopicPayload<"proposals">): void {
    const pending = proposals.filter((proposal) => proposal.status === "pending");
    const fresh = this.#known === null ? [] : pending.filter((proposal) => !this.#known?.has(proposal.id));
    this.#known = new Set(proposals.map((proposal) => proposal.id));
    for (const proposal of fresh) this.#shell.notify(announce(proposal.slug));
    this.#show({ ...this.#attention, pending: pending.length });
  }

  #show(attention: Attention): void {
    this.#attention = attention;
    this.#shell.showAttention(attention);
  }
}

function announce(slug: string): Notification {
  return { title: `${slug} asks for something`, body: "Open the inbox to see what it would make possible, and decide." };
}
