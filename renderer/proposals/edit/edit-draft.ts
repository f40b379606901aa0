import type { ProposalRequest } from "#common/domain/proposal.ts";
import { CapabilityRequest } from "#common/domain/proposal.ts";
import type { EgressDraft, EgressField } from "./egress-draft.ts";
import { egressDraft, egressRequest } from "./egress-draft.ts";
import type { PipelockDraft, PipelockField } from "./pipelock-draft.ts";
import { pipelockDraft, pipelockRequest } from "./pipelock-draft.ts";

interface CapabilityDraft {
  readonly kind: "capability";
  readonly dockerfile: string;
}

/** What the operator would rather have, while it is typed. */
export type EditDraft = EgressDraft | PipelockDraft | CapabilityDraft;

export type DraftProblems = Partial<Record<EgressField | PipelockField | "dockerfile", string>>;
export type DraftResult = { ok: true; request: ProposalRequest } | { ok: false; problems: DraftProblems };

export function draftOf(request: ProposalRequest): EditDraft {
  if (request.kind === "egress-route") return egressDraft(request);
  return request.kind === "pipelock" ? pipelockDraft(request) : request;
}

/** The request a draft stands for, or what is wrong with each field. */
export function requestOf(draft: EditDraft): DraftResult {
  if (draft.kind === "egress-route") return egressRequest(draft);
  return draft.kind === "pipelock" ? pipelockRequest(draft) : imageRequest(draft);
}

function imageRequest({ dockerfile }: CapabilityDraft): DraftResult {
  const parsed = CapabilityRequest.safeParse({ kind: "capability", dockerfile });
  if (parsed.success && dockerfile.trim() !== "") return { ok: true, request: parsed.data };
  return {
    ok: false,
    problems: { dockerfile: parsed.success || dockerfile === "" ? "A Dockerfile is needed." : "At most 32 KiB of Dockerfile." },
  };
}

export function sameRequest(a: ProposalRequest, b: ProposalRequest): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
