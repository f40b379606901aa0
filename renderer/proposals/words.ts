import type { ApprovalScope, Proposal, ProposalRequest } from "#common/domain/proposal.ts";
import { methodWords, pathWords } from "../egress/route-words.ts";
import { plural } from "../ui/format.ts";

export const toolWords: Record<Proposal["tool"], string> = {
  "egress-block": "New route",
  "pipelock-block": "Content rule",
  "capability-block": "New tool in image",
  "deploy-apply": "Deployment",
};

/** What a request is about, in a word or two; holds what the agent wrote. */
export function subjectOf(request: ProposalRequest): string {
  return request.kind === "capability" ? "Dockerfile" : request.host;
}

/** The whole request in one line; holds what the agent wrote. */
export function requestWords(request: ProposalRequest): string {
  switch (request.kind) {
    case "egress-route": {
      const auth = request.auth ? `${request.auth.scheme} ${request.auth.tokenRef}` : "no credential";
      return `${request.host} · ${methodWords(request)} · ${pathWords(request)} · ${auth}`;
    }
    case "pipelock":
      return [
        request.host,
        ...(request.allowFindings.length > 0 ? [`lets pass ${request.allowFindings.join(", ")}`] : []),
        ...(request.ssrfIpAllowlist.length > 0 ? [`may lead to ${request.ssrfIpAllowlist.join(", ")}`] : []),
        ...(request.tlsPassthrough ? ["content left to egress alone"] : []),
      ].join(" · ");
    case "capability":
      return `a Dockerfile of ${plural(request.dockerfile.trimEnd().split("\n").length, "line")}`;
  }
}

/** The end of a path, as the operator calls the file. */
export function fileName(path: string): string {
  return path.split("/").slice(-2).join("/");
}

/** How long an approval holds. */
export function scopeWords(scope: ApprovalScope): string {
  switch (scope.kind) {
    case "for-good":
      return "for good";
    case "bottle":
      return "for this bottle's life";
    case "minutes":
      return `for ${plural(scope.minutes, "minute")}`;
    case "requests":
      return `for ${plural(scope.requests, "request")}`;
  }
}

/** How a decided proposal ended, in the list's second line. */
export function outcomeWords(proposal: Proposal): string {
  if (proposal.status === "withdrawn") return "withdrawn";
  if (proposal.status === "pending") return "waiting";
  const by = proposal.decision?.rule ? " by a rule" : "";
  if (proposal.status === "rejected") return `rejected${by}`;
  const edited = proposal.decision?.applied && JSON.stringify(proposal.decision.applied) !== JSON.stringify(proposal.request);
  return edited ? "approved with edit" : `approved${by}`;
}
