import type { RouteTable } from "#common/domain/route.ts";
import { log, messageOf } from "../kit/log.ts";
import type { Ledger } from "./ledger.ts";

/** A machine that sleeps stops timers, not clocks: the next end is looked for anew at least this often. */
const LONGEST_WAIT_MS = 10 * 60_000;
/** After an end that could not be stored. */
const RETRY_MS = 10_000;

export interface GrantKeeperParts {
  readonly ledger: Ledger;
  readonly now: () => Date;
  /** Takes every grant out of the table that can let nothing pass any more. */
  endGrants(): Promise<void>;
}

/** Keeps count of what is used of grants, and sees to it that they end (SUP-5). Egress itself lets nothing pass by one that is over. */
export class GrantKeeper implements Disposable {
  readonly #parts: GrantKeeperParts;
  readonly #used = new Map<string, number>();
  #timer: NodeJS.Timeout | null = null;
  #writing: NodeJS.Immediate | null = null;
  #disposed = false;

  constructor(parts: GrantKeeperParts) {
    this.#parts = parts;
  }

  /** Ends what was over before, and waits for what ends next. */
  async start(): Promise<void> {
    await this.#end();
  }

  /** After the table changed: another grant may be the next to end. */
  tableChanged(): void {
    this.#wait(nextEndIn(this.#parts.ledger.table, this.#parts.now()));
  }

  /** A request passed by the grant. On disk before anything else of the next turn: a restart must not give it back. */
  used(grantId: string, left: number): void {
    this.#used.set(grantId, left);
    this.#writing ??= setImmediate(() => this.#write());
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#writing !== null) this.#write();
  }

  #write(): void {
    if (this.#writing !== null) clearImmediate(this.#writing);
    this.#writing = null;
    const used = new Map(this.#used);
    this.#used.clear();
    try {
      this.#parts.ledger.noteUse(used);
    } catch (error) {
      log("error", "grant-use-not-stored", { reason: messageOf(error) });
    }
    if (!this.#disposed && [...used.values()].includes(0)) void this.#end();
  }

  async #end(): Promise<void> {
    try {
      await this.#parts.endGrants();
      this.tableChanged();
    } catch (error) {
      log("error", "grant-not-ended", { reason: messageOf(error) });
      this.#wait(RETRY_MS);
    }
  }

  #wait(ms: number | null): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = this.#disposed || ms === null ? null : setTimeout(() => void this.#end(), Math.min(LONGEST_WAIT_MS, ms));
  }
}

/** Milliseconds until a grant's time has come; null where none has one. */
function nextEndIn({ grants }: RouteTable, now: Date): number | null {
  const ends = grants.flatMap(({ limit }) => (limit.kind === "until" ? [Date.parse(limit.at)] : []));
  return ends.length === 0 ? null : Math.max(1, Math.min(...ends) - now.getTime());
}
