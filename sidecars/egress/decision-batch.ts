import type { EgressDecision } from "#common/domain/decision.ts";

const FLUSH_MS = 50;
const MAX_PER_MESSAGE = 500;

/**
 * Gathers decisions and hands them on as JSON text of bounded size, at most every 50 ms. Each is turned into text at once: an object
 * that waits keeps the request's strings alive, and the garbage collector copies all of them.
 */
export class DecisionBatch {
  readonly #send: (decisions: string) => void;
  #gathered: string[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(send: (decisions: string) => void) {
    this.#send = send;
  }

  add(decision: EgressDecision): void {
    this.#gathered.push(JSON.stringify(decision));
    this.#timer ??= setTimeout(() => this.flush(), FLUSH_MS);
  }

  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const all = this.#gathered;
    this.#gathered = [];
    for (let at = 0; at < all.length; at += MAX_PER_MESSAGE) this.#send(`[${all.slice(at, at + MAX_PER_MESSAGE).join(",")}]`);
  }
}
