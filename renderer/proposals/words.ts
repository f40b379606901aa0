import type { Proposal } from "#common/domain/proposal.ts";

export const toolWords: Record<Proposal["tool"], string> = {
  "egress-block": "New route",
  "pipelock-block": "Content rule",
  "capability-block": "New tool in image",
  "deploy-apply": "Deployment",
};

/** How a decided proposal ended, in the list's second line. */
export function outcomeWords(proposal: Proposal): string {
  if (proposal.status === "withdrawn") return "withdrawn";
  if (proposal.status === "rejected") return "rejected";
  if (proposal.status === "pending") return "waiting";
  const edited = proposal.decision?.applied && JSON.stringify(proposal.decision.applied) !== JSON.stringify(proposal.request);
  return edited ? "approved with edit" : "approved";
}

export interface InboxLists {
  waiting: Proposal[];
  decided: Proposal[];
}

/** The inbox: what waits in the order it came, then what was decided, newest first. */
export function inboxLists(proposals: readonly Proposal[]): InboxLists {
  const byTime = proposals.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : a.id < b.id ? -1 : 1));
  return {
    waiting: byTime.filter((each) => each.status === "pending"),
    decided: byTime.filter((each) => each.status !== "pending").toReversed(),
  };
}
