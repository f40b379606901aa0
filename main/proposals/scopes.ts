import { OperatorError } from "#common/domain/operator-error.ts";
import type { ApprovalScope, ProposalRequest } from "#common/domain/proposal.ts";

/** Shortest sensible first: what an operator gets who does not choose. */
const EGRESS: readonly [ApprovalScope, ...ApprovalScope[]] = [
  { kind: "bottle" },
  { kind: "minutes", minutes: 15 },
  { kind: "requests", requests: 10 },
  { kind: "for-good" },
];
const PIPELOCK: readonly [ApprovalScope, ...ApprovalScope[]] = [{ kind: "bottle" }, { kind: "for-good" }];
/** The image goes with the bottle; for good is what the manifest says. */
const CAPABILITY: readonly [ApprovalScope, ...ApprovalScope[]] = [{ kind: "bottle" }];

/** How long an approval of such a request can hold; the first is what is offered. */
export function offeredScopes({ kind }: ProposalRequest): readonly [ApprovalScope, ...ApprovalScope[]] {
  switch (kind) {
    case "egress-route":
      return EGRESS;
    case "pipelock":
      return PIPELOCK;
    case "capability":
      return CAPABILITY;
  }
}

export function requireScope(request: ProposalRequest, scope: ApprovalScope): void {
  const kinds = offeredScopes(request).map(({ kind }) => kind);
  if (kinds.includes(scope.kind)) return;
  throw new OperatorError("bad-input", {
    message: `Such a proposal cannot be approved for ${scope.kind === "bottle" ? "the bottle's life" : scope.kind}`,
    hint: `It can be approved: ${kinds.join(", ")}`,
  });
}
