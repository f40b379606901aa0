import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { BudgetSpent } from "#common/domain/budget.ts";
import { HeldPush } from "#common/domain/git.ts";
import { Proposal } from "#common/domain/proposal.ts";
import type { Grant } from "#common/domain/route.ts";
import { RouteTable } from "#common/domain/route.ts";
import { BundleEvent, CredentialCuts } from "#common/wire/control.ts";

/** Decided proposals that are kept, for the agent's `proposal-status` and for clients that come late. */
const MAX_DECIDED = 100;
const MAX_DECIDED_BYTES = 1024 * 1024;
/** Pushes that wait no more, for an agent that pushes the same again and for clients that come late. */
const MAX_ENDED_PUSHES = 30;

/** An event whose change is on disk; `seq` is its number in the journal once it has been given one. */
const Announcement = z.strictObject({ seq: z.int().nullable(), event: BundleEvent });

/** A bundle's durable state as it lies on disk. */
export const LedgerFile = z.strictObject({
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
export type LedgerFile = z.infer<typeof LedgerFile>;

/** A change of the live state and the one event that tells of it. */
export interface LedgerChange {
  readonly table?: RouteTable;
  readonly proposal?: Proposal;
  readonly cuts?: CredentialCuts;
  readonly push?: HeldPush;
  readonly event: BundleEvent;
}

/** The state on disk, or a first one. A file that cannot be read is an error, never a fresh start: routes may have been revoked. */
export function readLedgerFile(path: string, initial: RouteTable): LedgerFile {
  if (!existsSync(path)) return LedgerFile.parse({ version: 1, table: initial, proposals: [], nextProposal: 1, announcements: [] });
  const parsed = LedgerFile.safeParse(JSON.parse(readFileSync(path, "utf8")));
  if (parsed.success) return parsed.data;
  throw new Error(`the bundle's state cannot be read: ${z.prettifyError(parsed.error)}`);
}

export function withAnnouncement(file: LedgerFile, event: BundleEvent): LedgerFile {
  return { ...file, announcements: [...file.announcements, { seq: null, event }] };
}

/** The state after a change. */
export function changed(file: LedgerFile, { table, proposal, cuts, push }: LedgerChange): LedgerFile {
  const proposals = proposal === undefined ? file.proposals : file.proposals.map((old) => (old.id === proposal.id ? proposal : old));
  const pushes = push === undefined ? file.pushes : file.pushes.map((old) => (old.push.id === push.push.id ? push : old));
  return {
    ...file,
    table: table ?? file.table,
    cuts: cuts ?? file.cuts,
    proposals: withoutOldest(proposals, ({ status }) => status !== "pending", { count: MAX_DECIDED, bytes: MAX_DECIDED_BYTES }),
    pushes: withoutOldest(pushes, ({ status }) => status !== "held", { count: MAX_ENDED_PUSHES, bytes: Number.POSITIVE_INFINITY }),
  };
}

/** The table after requests were let through by grants: what is left only ever becomes less. */
export function withUse(table: RouteTable, left: ReadonlyMap<string, number>): RouteTable {
  if (!table.grants.some(({ id }) => left.has(id))) return table;
  return { ...table, grants: table.grants.map((grant) => usedGrant(grant, left.get(grant.id))) };
}

function usedGrant(grant: Grant, left: number | undefined): Grant {
  const { limit } = grant;
  if (left === undefined || limit.kind !== "requests") return grant;
  return { ...grant, limit: { ...limit, left: Math.min(limit.left, left) } };
}

/** All that are open, and the latest of the others as far as both limits reach. */
export function withoutOldest<T>(
  all: readonly T[],
  isOver: (one: T) => boolean,
  kept: { readonly count: number; readonly bytes: number },
): T[] {
  const latest = new Set<T>();
  let bytes = 0;
  for (const one of all.filter(isOver).slice(-kept.count).reverse()) {
    bytes += kept.bytes === Number.POSITIVE_INFINITY ? 0 : Buffer.byteLength(JSON.stringify(one));
    if (bytes > kept.bytes) break;
    latest.add(one);
  }
  return all.filter((one) => !isOver(one) || latest.has(one));
}
