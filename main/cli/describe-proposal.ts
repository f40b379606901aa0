import { createPatch } from "diff";
import type { Proposal, ProposalRequest } from "#common/domain/proposal.ts";
import type { ProposalView } from "#common/ipc/proposal-methods.ts";
import { inert } from "./inert.ts";

/** What a proposal is about, in a few words for a list. */
export function subjectOf(request: ProposalRequest): string {
  switch (request.kind) {
    case "egress-route":
      return inert(`${request.host} ${request.methods?.join(",") ?? "any method"}`);
    case "pipelock":
      return inert(`${request.host} less strict`);
    case "capability":
      return `another image, ${request.dockerfile.split("\n").length} lines`;
  }
}

/** Everything that an operator should know before deciding; what the agent says comes last, and quoted. */
export function describeView(view: ProposalView): string {
  const { proposal } = view;
  return [
    `${proposal.id}  ${proposal.tool}  ${proposal.status}  filed ${proposal.createdAt}`,
    "",
    inert(view.sentence),
    ...view.warnings.map((warning) => `  ! ${inert(warning)}`),
    ...(view.blocked === null ? [] : [`  ✗ ${inert(view.blocked)}`]),
    ...(proposal.failure === null ? [] : [`  ✗ Approved at ${proposal.failure.at} and not applied: ${inert(proposal.failure.message)}`]),
    "",
    describeDiff(view.language === "dockerfile" ? "Dockerfile" : "routes", view.before, view.after, `revision ${view.liveRevision}`),
    ...describeReplay(view),
    ...describeSimilar(view),
    ...describeSpans(view),
    "The agent says:",
    ...proposal.justification.split("\n").map((line) => `  | ${inert(line)}`),
  ].join("\n");
}

/** Line by line: what stands in one line must not look like several. */
export function describeDiff(name: string, before: string, after: string, from: string): string {
  return createPatch(name, before, after, from, "as it would be").split("\n").map(inert).join("\n");
}

export function describeDecision({ id, status, decision }: Proposal): string {
  const revision = decision?.appliedRevision ?? null;
  return revision === null ? `${id} ${status}` : `${id} ${status}; live as revision ${revision}`;
}

const SPANS = {
  bottle: "until the bottle ends",
  minutes: "for a time (--for 30m)",
  requests: "for requests (--requests 5)",
  "for-good": "for good (--for-good)",
} as const;

/** What an approval can be had for, the first without saying so. */
function describeSpans({ proposal, scopes, writeBack, writeBackProblem }: ProposalView): string[] {
  if (proposal.status !== "pending") return [];
  return [
    `An approval can hold ${scopes.map((kind) => SPANS[kind]).join(", ")}.`,
    ...(writeBack === null ? [] : [`For good, it can be written to ${inert(writeBack.file)} too: --write-back`]),
    ...(writeBackProblem === null ? [] : [`The manifest stays as it is: ${inert(writeBackProblem)}`]),
    "",
  ];
}

function describeReplay({ replay }: ProposalView): string[] {
  if (replay === null) return [];
  const total = replay.allowed + replay.refused;
  if (total === 0) return ["This bottle has asked nothing of this host so far.", ""];
  return [
    `It would have allowed ${replay.allowed} of ${total} past ${total === 1 ? "request" : "requests"} of this bottle to this host.`,
    "",
  ];
}

function describeSimilar({ similar }: ProposalView): string[] {
  if (similar.length === 0) return [];
  const lines = similar.map((each) => {
    const note = each.note === "" ? "" : `: ${each.note}`;
    return `  ${each.decidedAt}  ${each.verdict} by ${each.by}  ${each.proposalId}  (${each.likeness})${note}`;
  });
  return ["Decided before:", ...lines.map(inert), ""];
}
