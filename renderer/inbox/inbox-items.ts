import type { HeldPush } from "#common/domain/git.ts";
import type { Proposal } from "#common/domain/proposal.ts";
import type { RefusedPush } from "#common/ipc/git-methods.ts";

/** One entry of the inbox: a request of an agent, a push that waits or waited, or a push that was refused. */
export type InboxItem =
  | { readonly kind: "proposal"; readonly id: string; readonly slug: string; readonly at: string; readonly proposal: Proposal }
  | { readonly kind: "held-push"; readonly id: string; readonly slug: string; readonly at: string; readonly held: HeldPush }
  | { readonly kind: "refused-push"; readonly id: string; readonly slug: string; readonly at: string; readonly refused: RefusedPush };

export interface InboxLists {
  /** What the operator must decide, in the order it came. */
  readonly waiting: readonly InboxItem[];
  /** Refused pushes not dismissed yet, newest first. */
  readonly refused: readonly InboxItem[];
  /** What was decided, newest first. */
  readonly decided: readonly InboxItem[];
}

export interface InboxSources {
  readonly proposals: readonly Proposal[];
  readonly pushes: readonly HeldPush[];
  readonly refusals: readonly RefusedPush[];
}

export function inboxLists({ proposals, pushes, refusals }: InboxSources): InboxLists {
  const decidable = [...proposals.map(proposalItem), ...pushes.map(pushItem)].toSorted(oldestFirst);
  return {
    waiting: decidable.filter(waits),
    refused: refusals.map(refusalItem).toSorted(oldestFirst).toReversed(),
    decided: decidable.filter((item) => !waits(item)).toReversed(),
  };
}

export function waits(item: InboxItem): boolean {
  if (item.kind === "proposal") return item.proposal.status === "pending";
  return item.kind === "held-push" && item.held.status === "held";
}

function proposalItem(proposal: Proposal): InboxItem {
  return { kind: "proposal", id: proposal.id, slug: proposal.slug, at: proposal.createdAt, proposal };
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
