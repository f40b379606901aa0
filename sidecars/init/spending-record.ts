import type { BudgetSpent } from "#common/domain/budget.ts";
import { log, messageOf } from "../kit/log.ts";
import type { Ledger } from "./ledger.ts";

const WRITE_EVERY_MS = 300;

/** What model calls have cost, so that a restart does not give the day's budget back. Written at most a few times a second. */
export class SpendingRecord implements Disposable {
  readonly #ledger: Ledger;
  #latest: BudgetSpent | null;
  #timer: NodeJS.Timeout | null = null;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
    this.#latest = ledger.spent;
  }

  /** For a worker that begins: also what is not on disk yet. */
  get latest(): BudgetSpent | null {
    return this.#latest;
  }

  note(spent: BudgetSpent): void {
    this.#latest = spent;
    this.#timer ??= setTimeout(() => this.#write(), WRITE_EVERY_MS);
  }

  [Symbol.dispose](): void {
    if (this.#timer !== null) this.#write();
  }

  #write(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#latest === null) return;
    try {
      this.#ledger.noteSpent(this.#latest);
    } catch (error) {
      log("error", "spending-not-stored", { reason: messageOf(error) });
    }
  }
}
