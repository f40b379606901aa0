import type { TopicName, TopicPayload } from "#common/ipc/contract.ts";
import type { NotificationSettings } from "#common/ipc/notification-methods.ts";
import type { TopicBus } from "./handlers.ts";
import { quietFor } from "./quiet-hours.ts";
import type { Notification, Shell } from "./shell.ts";

/** Engines elsewhere have clocks of their own. */
const CLOCK_SLACK_MS = 30_000;
/** An agent that asks for much at once rings once for all of it. */
const RUNG_ONE_BY_ONE = 3;
/** A machine that sleeps stops timers, not clocks; and quiet hours can be changed meanwhile. */
const LONGEST_WAIT_MS = 5 * 60_000;

export interface AttentionDeps {
  readonly bus: TopicBus;
  readonly shell: Pick<Shell, "notify" | "showAttention" | "focus">;
  settings(): NotificationSettings;
  readonly now: () => Date;
}

/**
 * Keeps tray and badge at what runs and what waits, and rings for proposals and held pushes that are filed after this call;
 * those that wait when the panel starts do not ring, however late their bottle is connected to (SUP-8). The words are ours: an
 * agent's never reach the desktop.
 */
export function watchAttention(deps: AttentionDeps): Disposable {
  const watch = new AttentionWatch(deps);
  const listening = deps.bus.subscribe((topic, payload) => watch.take(topic, payload));
  return {
    [Symbol.dispose]: () => {
      listening[Symbol.dispose]();
      watch[Symbol.dispose]();
    },
  };
}

interface Waiting {
  readonly kind: "proposal" | "push";
  readonly id: string;
  readonly slug: string;
  readonly time: string;
}

class AttentionWatch implements Disposable {
  readonly #deps: AttentionDeps;
  readonly #since: number;
  readonly #rung = new Set<string>();
  #running: readonly string[] = [];
  #proposals: readonly Waiting[] = [];
  #pushes: readonly Waiting[] = [];
  #snoozed: ReadonlySet<string> = new Set();
  /** What came in quiet hours, told together at their end. */
  #kept: readonly Waiting[] = [];
  #morning: NodeJS.Timeout | null = null;

  constructor(deps: AttentionDeps) {
    this.#deps = deps;
    this.#since = deps.now().getTime() - CLOCK_SLACK_MS;
  }

  take(topic: TopicName, payload: TopicPayload<TopicName>): void {
    if (topic === "proposal-changes") this.#takeProposals(payload as TopicPayload<"proposal-changes">);
    if (topic === "pushes") this.#takePushes(payload as TopicPayload<"pushes">);
    if (topic === "snoozed") this.#takeSnoozed(payload as TopicPayload<"snoozed">);
    if (topic === "bottles") this.#takeBottles(payload as TopicPayload<"bottles">);
  }

  [Symbol.dispose](): void {
    if (this.#morning !== null) clearTimeout(this.#morning);
  }

  #takeBottles(bottles: TopicPayload<"bottles">): void {
    this.#running = bottles.filter((bottle) => bottle.state === "running" || bottle.state === "starting").map((bottle) => bottle.slug);
    this.#show();
  }

  #takeProposals({ changed, gone }: TopicPayload<"proposal-changes">): void {
    const told = new Set([...gone, ...changed.map(({ id }) => id)]);
    const pending = changed
      .filter(({ status }) => status === "pending")
      .map(({ id, slug, createdAt }): Waiting => ({ kind: "proposal", id, slug, time: createdAt }));
    this.#proposals = [...this.#proposals.filter(({ id }) => !told.has(id)), ...pending];
    this.#ringFor(pending);
  }

  #takePushes(pushes: TopicPayload<"pushes">): void {
    const held = pushes.filter(({ status }) => status === "held");
    this.#pushes = held.map(({ slug, push }) => ({ kind: "push", id: push.id, slug, time: push.time }));
    this.#ringFor(this.#pushes);
  }

  /** What was snoozed and is not any more waits anew. */
  #takeSnoozed(snoozed: TopicPayload<"snoozed">): void {
    const now = new Set(snoozed.map(({ id }) => id));
    const woken = this.#proposals.filter(({ id }) => this.#snoozed.has(id) && !now.has(id));
    this.#snoozed = now;
    for (const { id } of woken) this.#rung.delete(id);
    this.#ring(woken);
  }

  #ringFor(waiting: readonly Waiting[]): void {
    this.#ring(waiting.filter(({ time }) => Date.parse(time) >= this.#since));
  }

  #ring(waiting: readonly Waiting[]): void {
    const fresh = waiting.filter(({ id }) => !this.#rung.has(id) && !this.#snoozed.has(id));
    for (const { id } of fresh) this.#rung.add(id);
    this.#show();
    if (fresh.length === 0 || !this.#deps.settings().desktop) return;
    const quietMs = quietFor(this.#deps.settings().quietHours, this.#deps.now());
    if (quietMs === 0) this.#tell(fresh);
    else this.#keep(fresh, quietMs);
  }

  #keep(fresh: readonly Waiting[], quietMs: number): void {
    this.#kept = [...this.#kept, ...fresh];
    this.#morning ??= setTimeout(() => this.#wake(), Math.min(quietMs, LONGEST_WAIT_MS));
    // A panel that is closed before must not be kept open by this.
    this.#morning.unref();
  }

  #wake(): void {
    this.#morning = null;
    const quietMs = quietFor(this.#deps.settings().quietHours, this.#deps.now());
    if (quietMs > 0) return this.#keep([], quietMs);
    const waitStill = new Set([...this.#proposals, ...this.#pushes].map(({ id }) => id));
    const kept = this.#kept.filter(({ id }) => waitStill.has(id) && !this.#snoozed.has(id));
    this.#kept = [];
    if (kept.length > 0 && this.#deps.settings().desktop) this.#tell(kept);
  }

  #tell(waiting: readonly Waiting[]): void {
    if (waiting.length > RUNG_ONE_BY_ONE) return this.#notify(announceMany(waiting), null);
    for (const one of waiting) this.#notify(one.kind === "proposal" ? announceProposal(one.slug) : announcePush(one.slug), one.id);
  }

  #notify(words: Omit<Notification, "sound">, id: string | null): void {
    const { bus, shell, settings } = this.#deps;
    shell.notify({ ...words, sound: settings().sound }, () => {
      void shell.focus().then(() => bus.publish("proposal-link", { id }));
    });
  }

  #show(): void {
    const pending = [...this.#proposals, ...this.#pushes].filter(({ id }) => !this.#snoozed.has(id)).length;
    this.#deps.shell.showAttention({ running: this.#running, pending });
  }
}

function announceProposal(slug: string): Omit<Notification, "sound"> {
  return { title: `${slug} asks for something`, body: "Open the inbox to see what it would make possible, and decide." };
}

function announcePush(slug: string): Omit<Notification, "sound"> {
  return { title: `A push of ${slug} is held`, body: "Open the inbox to see what it would send and what was found in it, and decide." };
}

function announceMany(waiting: readonly Waiting[]): Omit<Notification, "sound"> {
  const slugs = [...new Set(waiting.map(({ slug }) => slug))];
  const from = slugs.length === 1 ? slugs[0] : `${slugs.length} bottles`;
  return { title: `${waiting.length} requests wait for you`, body: `They come from ${from}. Open the inbox to decide.` };
}
