/** Requests are taken for so long in one go; what came with them then waits until everybody else was served. */
const TURN_MS = 8;

/**
 * The order in which requests of HTTP/2 are taken. Header compression makes a hundred heads of 32 KiB out of a few bytes, and reading
 * them all at once would hold up every other connection.
 */
export class RequestTurns {
  readonly #most: number;
  readonly #now: () => number;
  #waiting: (() => void)[] = [];
  #spentMs = 0;
  #armed = false;

  /** `most`: how many may wait. */
  constructor(most: number, now: () => number = () => performance.now()) {
    this.#most = most;
    this.#now = now;
  }

  /** Does it now or soon; false when too many wait already. */
  take(work: () => void): boolean {
    if (this.#waiting.length >= this.#most) return false;
    if (this.#waiting.length === 0 && this.#spentMs < TURN_MS) this.#do(work);
    else this.#waiting.push(work);
    return true;
  }

  #do(work: () => void): void {
    if (!this.#armed) {
      this.#armed = true;
      setImmediate(() => this.#nextTurn());
    }
    const begun = this.#now();
    try {
      work();
    } finally {
      this.#spentMs += this.#now() - begun;
    }
  }

  #nextTurn(): void {
    this.#armed = false;
    this.#spentMs = 0;
    while (this.#waiting.length > 0 && this.#spentMs < TURN_MS) this.#do(this.#waiting.shift() as () => void);
  }
}
