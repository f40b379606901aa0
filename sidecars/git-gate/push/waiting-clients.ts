import type { HeldPush } from "#common/domain/git.ts";

/** How a held push ended. */
export interface Ended {
  readonly push: HeldPush;
  /** What the upstream said to whoever pushed. */
  readonly remarks: readonly string[];
}

type Outcome = "late" | "gone" | (Ended & { readonly turn: Disposable | null });
/** False when this client has heard something else before. */
type Waiter = (outcome: Outcome) => boolean;

/** The longest time a timer can wait for. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Clients that wait to hear what becomes of a held push. */
export class WaitingClients {
  readonly #waiting = new Map<string, Set<Waiter>>();

  async wait(pushId: string, gone: AbortSignal, seconds: number): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const waiter: Waiter = (outcome) => {
      if (!this.#remove(pushId, waiter)) return false;
      resolve(outcome);
      return true;
    };
    this.#waiting.set(pushId, (this.#waiting.get(pushId) ?? new Set()).add(waiter));
    const timer = setTimeout(() => waiter("late"), Math.min(MAX_TIMER_MS, seconds * 1000));
    const leave = (): boolean => waiter("gone");
    gone.addEventListener("abort", leave, { once: true });
    if (gone.aborted) leave();
    const outcome = await promise;
    clearTimeout(timer);
    gone.removeEventListener("abort", leave);
    return outcome;
  }

  /** Tells all of them; one, the latest to come, gets the turn. False when nobody took it. */
  tell(pushId: string, ended: Ended, turn: Disposable | null): boolean {
    const [last, ...others] = [...(this.#waiting.get(pushId) ?? [])].reverse();
    for (const waiter of others) waiter({ ...ended, turn: null });
    return last?.({ ...ended, turn }) ?? false;
  }

  #remove(pushId: string, waiter: Waiter): boolean {
    const here = this.#waiting.get(pushId);
    const was = here?.delete(waiter) ?? false;
    if (here?.size === 0) this.#waiting.delete(pushId);
    return was;
  }
}
