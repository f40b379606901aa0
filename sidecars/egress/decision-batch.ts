import type { EgressDecision } from "#common/domain/decision.ts";

const FLUSH_MS = 50;
const MAX_PER_MESSAGE = 500;

/** Gathers decisions and hands them on in messages of bounded size, at most every 50 ms. */
export class DecisionBatch {
  readonly #send: (decisions: EgressDecision[]) => void;
  #gathered: EgressDecision[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(send: (decisions: EgressDecision[]) => void) {
    this.#send = send;
  }

  add(decision: EgressDecision): void {
    this.#gathered.push(decision);
    this.#timer ??= setTimeout(() => this.flush(), FLUSH_MS);
  }

  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const all = this.#gathered;
    this.#gathered = [];
    for (let at = 0; at < all.length; at += MAX_PER_MESSAGE) this.#send(all.slice(at, at + MAX_PER_MESSAGE));
  }
}
