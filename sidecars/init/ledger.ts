import type { BudgetSpent } from "#common/domain/budget.ts";
import type { HeldPush } from "#common/domain/git.ts";
import type { Proposal } from "#common/domain/proposal.ts";
import type { RouteTable } from "#common/domain/route.ts";
import type { BundleEvent, CredentialCuts } from "#common/wire/control.ts";
import { replaceFile } from "../kit/atomic-file.ts";
import { log, messageOf } from "../kit/log.ts";
import type { Journal } from "./journal.ts";
import type { LedgerChange, LedgerFile } from "./ledger-file.ts";
import { changed, readLedgerFile, withAnnouncement, withUse } from "./ledger-file.ts";

/**
 * The bundle's durable state: live routes and proposals, one file, replaced atomically. A change and its event become
 * durable together: the file holds the event until the journal has it, so that a crash between the two loses neither the
 * change nor the news of it, and tells no news twice.
 *
 * A change that egress must apply first is prepared, then committed or rolled back. Prepared, it is on disk, so after a crash
 * it holds; but the state shown to clients stays the old one until it is live.
 */
export class Ledger {
  readonly #path: string;
  readonly #journal: Journal;
  #live: LedgerFile;
  #prepared: LedgerChange | null = null;

  private constructor(path: string, journal: Journal, live: LedgerFile) {
    this.#path = path;
    this.#journal = journal;
    this.#live = live;
  }

  /** Takes up the state on disk, or begins with `initial`. A file that cannot be read is an error, never a fresh start. */
  static open(path: string, initial: RouteTable, journal: Journal): Ledger {
    const ledger = new Ledger(path, journal, readLedgerFile(path, initial));
    ledger.#announce();
    return ledger;
  }

  get table(): RouteTable {
    return this.#live.table;
  }

  /** Credentials that the operator cut off. */
  get cuts(): CredentialCuts {
    return this.#live.cuts;
  }

  /** What model calls have cost, as far as it is known. */
  get spent(): BudgetSpent | null {
    return this.#live.spent;
  }

  get proposals(): readonly Proposal[] {
    return this.#live.proposals;
  }

  get nextProposal(): number {
    return this.#live.nextProposal;
  }

  proposal(id: string): Proposal | null {
    return this.#live.proposals.find((proposal) => proposal.id === id) ?? null;
  }

  /** Pushes that wait for the operator, and those that did lately. */
  get pushes(): readonly HeldPush[] {
    return this.#live.pushes;
  }

  push(id: string): HeldPush | null {
    return this.#live.pushes.find(({ push }) => push.id === id) ?? null;
  }

  /** A push's number, which none gets again, also after a crash. */
  reservePush(): number {
    const before = this.#live;
    this.#live = { ...before, nextPush: before.nextPush + 1 };
    try {
      this.#save();
    } catch (error) {
      this.#live = before;
      throw error;
    }
    return before.nextPush;
  }

  /** Puts a push among those that wait. */
  hold(held: HeldPush): void {
    const before = this.#live;
    this.#live = { ...before, pushes: [...before.pushes, held] };
    this.#announceOrRestore({ type: "push", push: held.push }, before);
  }

  /** Puts a new proposal in the queue. */
  file(proposal: Proposal): void {
    const before = this.#live;
    this.#live = { ...before, nextProposal: before.nextProposal + 1, proposals: [...before.proposals, proposal] };
    this.#announceOrRestore({ type: "proposal-filed", proposal }, before);
  }

  /** A change that needs nobody's doing to be live. */
  record(change: LedgerChange): void {
    const before = this.#live;
    this.#live = changed(before, change);
    this.#announceOrRestore(change.event, before);
  }

  /** What is left of grants that let requests through; news of it come with the requests' own events. */
  noteUse(left: ReadonlyMap<string, number>): void {
    this.#live = { ...this.#live, table: withUse(this.#live.table, left) };
    if (this.#prepared?.table !== undefined) this.#prepared = { ...this.#prepared, table: withUse(this.#prepared.table, left) };
    this.#save();
  }

  noteSpent(spent: BudgetSpent): void {
    this.#live = { ...this.#live, spent };
    this.#save();
  }

  /** Makes a change durable before it is live. */
  prepare(change: LedgerChange): void {
    if (this.#prepared !== null) throw new Error("a change is prepared already");
    this.#prepared = change;
    try {
      this.#save();
    } catch (error) {
      this.#prepared = null;
      throw error;
    }
  }

  /** The prepared change is live: clients may see it. */
  commit(): void {
    const change = this.#takePrepared();
    this.#live = changed(this.#live, change);
    this.#live = withAnnouncement(this.#live, change.event);
    try {
      this.#announce();
    } catch (error) {
      // Live and on disk since `prepare`; only the news of it waits for the next change or start.
      log("error", "change-not-announced", { reason: messageOf(error) });
    }
  }

  /** The prepared change could not be made live: as if it had never been. */
  rollBack(): void {
    this.#takePrepared();
    this.#saveIfPossible();
  }

  #takePrepared(): LedgerChange {
    if (this.#prepared === null) throw new Error("no change is prepared");
    const change = this.#prepared;
    this.#prepared = null;
    return change;
  }

  #announceOrRestore(event: BundleEvent, before: LedgerFile): void {
    this.#live = withAnnouncement(this.#live, event);
    try {
      this.#announce();
    } catch (error) {
      this.#live = before;
      this.#saveIfPossible();
      throw error;
    }
  }

  /** Numbers what is not in the journal yet, saves that, then writes the journal: a repeat after a crash finds the number. */
  #announce(): void {
    const untold = this.#live.announcements.filter(({ seq }) => seq === null || seq > this.#journal.lastSeq);
    if (untold.length === 0) return;
    const next = this.#journal.nextSeq();
    const numbered = untold.map(({ event }, index) => ({ seq: next + index, event }));
    this.#live = { ...this.#live, announcements: numbered };
    this.#save();
    this.#journal.append(
      numbered.map(({ event }) => event),
      { durable: true },
    );
  }

  /** After a failure: the old state goes back to disk where the disk lets it; where not, the next save puts it there. */
  #saveIfPossible(): void {
    try {
      this.#save();
    } catch (error) {
      log("error", "state-not-saved", { reason: messageOf(error) });
    }
  }

  #save(): void {
    const file = this.#prepared === null ? this.#live : withAnnouncement(changed(this.#live, this.#prepared), this.#prepared.event);
    replaceFile(this.#path, JSON.stringify(file));
  }
}
