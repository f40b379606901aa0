/** Messages one delivery carries at most, and deliveries on the way at once. */
const MAX_BATCH = 256;
const MAX_DELIVERIES = 2;

/** Messages for the page in order: at once while it keeps up, together while it does not. */
export class Outbox {
  readonly #deliver: (messages: readonly unknown[]) => Promise<void>;
  #waiting: unknown[] = [];
  #deliveries = 0;

  constructor(deliver: (messages: readonly unknown[]) => Promise<void>) {
    this.#deliver = deliver;
  }

  add(message: unknown): void {
    this.#waiting.push(message);
    this.#pump();
  }

  #pump(): void {
    while (this.#deliveries < MAX_DELIVERIES && this.#waiting.length > 0) {
      this.#deliveries++;
      const done = () => {
        this.#deliveries--;
        this.#pump();
      };
      // A page that is gone gets nothing more; its successor has an outbox of its own.
      this.#deliver(this.#waiting.splice(0, MAX_BATCH)).then(done, () => {
        this.#waiting = [];
        done();
      });
    }
  }
}
