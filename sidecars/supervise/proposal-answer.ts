import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { canonicalJson } from "#common/domain/canonical-json.ts";
import type { Proposal, ProposalDecision, ProposalRequest } from "#common/domain/proposal.ts";
import type { RouteTable } from "#common/domain/route.ts";
import type { FilingOutcome } from "../kit/supervise-worker.ts";
import { describeRequest, limitText, shownRequest } from "./request-text.ts";
import { answer, note } from "./tool-answers.ts";

export function alreadyAllowedAnswer(
  request: ProposalRequest,
  { revision, limit }: Extract<FilingOutcome, { kind: "already-allowed" }>,
): CallToolResult {
  const host = request.kind === "capability" ? "" : ` to https://${request.host}/`;
  const text = [
    "status: already-allowed",
    `What you ask for is allowed already (revision ${revision}${limit === null ? "" : `; ${limitText(limit)}`}): send your request${host} now.`,
  ];
  return answer(text.join("\n"), { status: "already-allowed", revision, ...(limit === null ? {} : { limit: limitText(limit) }) });
}

/** Where a proposal stands, and what the agent should do about it; `table` is the live one. */
export function proposalAnswer(proposal: Proposal, table: RouteTable): CallToolResult {
  const { decision } = proposal;
  if (decision === null) return pendingAnswer(proposal);
  return decision.verdict === "approved" ? approvedAnswer(proposal, decision, table) : rejectedAnswer(proposal, decision);
}

function pendingAnswer({ id, request, failure }: Proposal): CallToolResult {
  const tried =
    failure === null ? [] : [`failure: The operator approved it, but it could not be applied (${failure.at}): ${failure.message}`];
  const text = [
    "status: pending",
    `proposal_id: ${id}`,
    ...tried,
    failure === null
      ? "The operator has not decided yet; the proposal stays queued: do not file it again."
      : FAILED_ADVICE[request.kind === "capability" ? "capability" : "route"],
    `Go on with work that does not need it, and ask with proposal-status (id: ${id}) later. ${PENDING_ADVICE[request.kind]}`,
  ];
  return answer(text.join("\n"), { status: "pending", proposal_id: id, ...(failure === null ? {} : { failure }) });
}

const FAILED_ADVICE = {
  route: "Nothing changed. The operator was told and can try again: do not file it again.",
  capability:
    "Nothing changed, you run on the image you had. If the reason lies in your Dockerfile, file one that is put right; else leave it to the operator.",
} as const;

const PENDING_ADVICE: Readonly<Record<ProposalRequest["kind"], string>> = {
  "egress-route": "Do not try to reach the host by other ways: everything else is refused too.",
  pipelock: "Do not rewrite the content so that it gets past the scan.",
  capability: "Keep files in your home or workspace: when it is approved, you go on in a new sandbox and the rest is lost.",
};

function approvedAnswer(proposal: Proposal, decision: ProposalDecision, table: RouteTable): CallToolResult {
  const applied = decision.applied ?? proposal.request;
  const edited = canonicalJson(applied) !== canonicalJson(proposal.request);
  const isOver = hasEnded(proposal.id, decision, applied, table);
  const holds = isOver ? OVER : holdsText(proposal.id, decision, table);
  const allowed = isOver ? "Was allowed" : "Allowed now";
  const text = [
    "status: approved",
    `proposal_id: ${proposal.id}`,
    `${edited ? "The operator changed the request before approving it. " : ""}${allowed}: ${describeRequest(applied)}.`,
    holds,
    ...(isOver ? [] : approvedAdvice(applied)),
    ...note(decision.note),
  ];
  return answer(text.join("\n"), {
    status: "approved",
    proposal_id: proposal.id,
    edited,
    note: decision.note,
    revision: decision.appliedRevision,
    holds,
    allowed: isOver ? null : shownRequest(applied),
  });
}

const OVER = "That is over: it was for a while, or the operator took it back. If you still need it, ask again and say for what.";

/** A grant that is used up or expired, or a host that no route leads to any more. */
function hasEnded(id: string, { scope }: ProposalDecision, applied: ProposalRequest, { routes, grants }: RouteTable): boolean {
  if (applied.kind === "capability") return false;
  if (scope?.kind === "minutes" || scope?.kind === "requests") return !grants.some((each) => each.id === id);
  return !routes.some(({ host }) => host === applied.host);
}

/** How long the approval holds, and what is left of it. */
function holdsText(id: string, { scope }: ProposalDecision, table: RouteTable): string {
  if (scope === null || scope.kind === "for-good") return "It holds for good, unless the operator takes it back.";
  if (scope.kind === "bottle") return "It holds until this sandbox ends, unless the operator takes it back.";
  const grant = table.grants.find((each) => each.id === id);
  return grant === undefined ? OVER : `It holds for a while: ${limitText(grant.limit)}.`;
}

function approvedAdvice(applied: ProposalRequest): string[] {
  if (applied.kind === "capability") return ["The image was built from it and you run on it now."];
  if (applied.kind === "pipelock") return ["Send the refused request again."];
  return applied.auth === null ? [] : ["The proxy adds the credential to your requests: send none of your own."];
}

function rejectedAnswer(proposal: Proposal, decision: ProposalDecision): CallToolResult {
  const text = [
    "status: rejected",
    `proposal_id: ${proposal.id}`,
    "The operator rejected it. Do not file the same request again; find another way to do the task, or say that it cannot be done.",
    ...note(decision.note),
  ];
  return answer(text.join("\n"), { status: "rejected", proposal_id: proposal.id, note: decision.note });
}
