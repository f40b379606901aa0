import type { HeldPush } from "#common/domain/git.ts";
import type { Proposal } from "#common/domain/proposal.ts";
import type { RefusedPush } from "#common/ipc/git-methods.ts";

/** One entry of the inbox: a request of an agent, a push that waits or waited, or a push that was refused. */
export type InboxItem =
  | {
      readonly kind: "proposal";
      readonly id: string;
      readonly slug: string;
      readonly at: string;
      readonly proposal: Proposal;
      /** Out of the way until then. */
      readonly snoozedUntil: string | null;
    }
  | { readonly kind: "held-push"; readonly id: string; readonly slug: string; readonly at: string; readonly held: HeldPush }
  | { readonly kind: "refused-push"; readonly id: string; readonly slug: string; readonly at: string; readonly refused: RefusedPush };

export interface InboxLists {
  /** What the operator must decide, in the order it came. */
  readonly waiting: readonly InboxItem[];
  /** Refused pushes not dismissed yet, newest first. */
  readonly refused: readonly InboxItem[];
  /** Put off, the next to wake first. */
  readonly snoozed: readonly InboxItem[];
  /** What was decided, newest first. */
  readonly decided: readonly InboxItem[];
}

export interface InboxSources {
  readonly proposals: readonly Proposal[];
  readonly pushes: readonly HeldPush[];
  readonly refusals: readonly RefusedPush[];
  readonly snoozed: readonly { readonly id: string; readonly until: string }[];
}

export function inboxLists({ proposals, pushes, refusals, snoozed }: InboxSources): InboxLists {
  const untils = new Map(snoozed.map(({ id, until }) => [id, until]));
  const items = [...proposals.map((each) => proposalItem(each, untils.get(each.id) ?? null)), ...pushes.map(pushItem)].sort(oldestFirst);
  return {
    waiting: items.filter((item) => waits(item) && !isSnoozed(item)),
    refused: refusals.map(refusalItem).sort(oldestFirst).reverse(),
    snoozed: items.filter(isSnoozed).sort(nextToWake),
    decided: items.filter((item) => !waits(item)).reverse(),
  };
}

export function waits(item: InboxItem): boolean {
  if (item.kind === "proposal") return item.proposal.status === "pending";
  return item.kind === "held-push" && item.held.status === "held";
}

export function isSnoozed(item: InboxItem): boolean {
  return wakesAt(item) !== "" && waits(item);
}

/** Whether one of several can be rejected or put off with others. */
export function isMarkable(item: InboxItem): item is Extract<InboxItem, { kind: "proposal" }> {
  return item.kind === "proposal" && waits(item);
}

function wakesAt(item: InboxItem): string {
  return item.kind === "proposal" ? (item.snoozedUntil ?? "") : "";
}

function nextToWake(a: InboxItem, b: InboxItem): number {
  return wakesAt(a) < wakesAt(b) ? -1 : 1;
}

function proposalItem(proposal: Proposal, snoozedUntil: string | null): InboxItem {
  return { kind: "proposal", id: proposal.id, slug: proposal.slug, at: proposal.createdAt, proposal, snoozedUntil };
}

function pushItem(held: HeldPush): InboxItem {
  return { kind: "held-push", id: held.push.id, slug: held.slug, at: held.push.time, held };
}

function refusalItem(refused: RefusedPush): InboxItem {
  return { kind: "refused-push", id: refused.push.id, slug: refused.slug, at: refused.push.time, refused };
}

function oldestFirst(a: InboxItem, b: InboxItem): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}
