import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { BudgetSpent } from "#common/domain/budget.ts";
import { HeldPush } from "#common/domain/git.ts";
import { Proposal } from "#common/domain/proposal.ts";
import { RouteTable } from "#common/domain/route.ts";
import { BundleEvent, CredentialCuts } from "#common/wire/control.ts";
import { replaceFile } from "../kit/atomic-file.ts";
import { log, messageOf } from "../kit/log.ts";
import type { Journal } from "./journal.ts";

/** Decided proposals that are kept, for the agent's `proposal-status` and for clients that come late. */
const MAX_DECIDED = 100;
/** Pushes that wait no more, for an agent that pushes the same again and for clients that come late. */
const MAX_ENDED_PUSHES = 30;

/** An event whose change is on disk; `seq` is its number in the journal once it has been given one. */
const Announcement = z.strictObject({ seq: z.int().nullable(), event: BundleEvent });

const LedgerFile = z.strictObject({
  version: z.literal(1),
  table: RouteTable,
  proposals: z.array(Proposal),
  nextProposal: z.int().min(1),
  cuts: CredentialCuts.default({ all: false, refs: [] }),
  spent: BudgetSpent.nullable().default(null),
  pushes: z.array(HeldPush).default([]),
  nextPush: z.int().min(1).default(1),
  announcements: z.array(Announcement),
});
type LedgerFile = z.infer<typeof LedgerFile>;

/** A change of the live state and the one event that tells of it. */
export interface LedgerChange {
  readonly table?: RouteTable;
  readonly proposal?: Proposal;
  readonly push?: HeldPush;
  readonly event: BundleEvent;
}

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
    const live = existsSync(path)
      ? readLedger(path)
      : LedgerFile.parse({ version: 1, table: initial, proposals: [], nextProposal: 1, announcements: [] });
    const ledger = new Ledger(path, journal, live);
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

function readLedger(path: string): LedgerFile {
  const parsed = LedgerFile.safeParse(JSON.parse(readFileSync(path, "utf8")));
  if (parsed.success) return parsed.data;
  throw new Error(`the bundle's state cannot be read: ${z.prettifyError(parsed.error)}`);
}

function withAnnouncement(file: LedgerFile, event: BundleEvent): LedgerFile {
  return { ...file, announcements: [...file.announcements, { seq: null, event }] };
}

function changed(file: LedgerFile, { table, proposal, push }: LedgerChange): LedgerFile {
  const proposals = proposal === undefined ? file.proposals : file.proposals.map((old) => (old.id === proposal.id ? proposal : old));
  const pushes = push === undefined ? file.pushes : file.pushes.map((old) => (old.push.id === push.push.id ? push : old));
  return {
    ...file,
    table: table ?? file.table,
    proposals: withoutOldest(proposals, ({ status }) => status !== "pending", MAX_DECIDED),
    pushes: withoutOldest(pushes, ({ status }) => status !== "held", MAX_ENDED_PUSHES),
  };
}

/** All that are open, and the latest of the others. */
function withoutOldest<T>(all: readonly T[], isOver: (one: T) => boolean, kept: number): T[] {
  const over = all.filter(isOver);
  const surplus = new Set(over.slice(0, Math.max(0, over.length - kept)));
  return all.filter((one) => !surplus.has(one));
}
