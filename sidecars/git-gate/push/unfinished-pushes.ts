import type { HeldPush, RefUpdate } from "#common/domain/git.ts";
import type { Mirror } from "../mirror/mirror.ts";
import { isZero } from "../upstream/forward.ts";
import type { Intent, IntentLog } from "./intent-log.ts";
import type { PushJournal } from "./push-journal.ts";

/**
 * Pushes that were on their way upstream when the gate was killed. Only the upstream knows what became of them: they are looked
 * up at the first refresh, and until then nothing else is decided about them.
 */
export class UnfinishedPushes {
  readonly #intents: IntentLog;
  readonly #journal: PushJournal;
  readonly #arrived = new Set<string>();
  #left: readonly Intent[];

  constructor(intents: IntentLog, journal: PushJournal, pushes: readonly HeldPush[]) {
    this.#intents = intents;
    this.#journal = journal;
    const ended = new Set(pushes.filter(({ status }) => status !== "held").map(({ push }) => push.id));
    this.#left = intents.leftovers().filter(({ push }) => !ended.has(push.id));
    for (const id of ended) intents.end(id);
  }

  has(pushId: string): boolean {
    return this.#left.some(({ push }) => push.id === pushId);
  }

  /** It was looked up since, and is upstream. */
  arrived(pushId: string): boolean {
    return this.#arrived.has(pushId);
  }

  /** The mirror is what the upstream is now. */
  async settle(mirror: Mirror): Promise<void> {
    const mine = this.#left.filter(({ push }) => push.repo === mirror.repo.name);
    for (const intent of mine) {
      await this.#settle(intent, await arrived(mirror, intent.updates));
      this.#left = this.#left.filter((other) => other !== intent);
    }
  }

  async #settle({ push, decision }: Intent, there: boolean): Promise<void> {
    if (there) this.#arrived.add(push.id);
    // Init takes a held one off the list and says so, which ends the intent.
    if (decision !== null && there) return this.#journal.forwarded(push.id, decision);
    if (decision === null)
      await this.#journal.pushed(there ? push : { ...push, verdict: "failed", rule: "interrupted", reason: NOT_THERE });
    this.#intents.end(push.id);
  }
}

const NOT_THERE = "the gate was stopped while it forwarded this push, and the upstream does not have it";

/** Whether each ref is what it was to become, or has been built upon since. */
async function arrived(mirror: Mirror, updates: readonly RefUpdate[]): Promise<boolean> {
  for (const { ref, new: next } of updates) {
    const { code } = isZero(next)
      ? await mirror.git(["rev-parse", "--quiet", "--verify", ref])
      : await mirror.git(["merge-base", "--is-ancestor", next, ref]);
    if ((code === 0) === isZero(next)) return false;
  }
  return true;
}
