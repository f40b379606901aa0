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
