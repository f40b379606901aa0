import { useState } from "react";
import type { ApprovalScope, Proposal, ProposalRequest } from "#common/domain/proposal.ts";
import type { Applying, ProposalView } from "#common/ipc/proposal-methods.ts";
import { useAction } from "../bridge/use-call.ts";
import { useRecomputed } from "../bridge/use-recomputed.ts";
import { useSeenState } from "../bridge/use-seen-state.ts";
import { useNotice } from "../ui/use-notice.ts";
import type { DraftProblems, EditDraft } from "./edit/edit-draft.ts";
import { requestOf, sameRequest } from "./edit/edit-draft.ts";
import { scopeOf } from "./scopes.ts";
import { useApplying } from "./use-applying.ts";
import { fileName } from "./words.ts";

export interface Review {
  view: ProposalView | undefined;
  error: Error | null;
  /** What would be applied: the agent's request, or the operator's edit of it. */
  request: ProposalRequest;
  draft: EditDraft | null;
  problems: DraftProblems;
  setDraft: (draft: EditDraft | null) => void;
  /** Null until the view is there. */
  scope: ApprovalScope | null;
  setScope: (scope: ApprovalScope) => void;
  /** Whether the manifest is changed with it. */
  writesBack: boolean;
  setWritesBack: (writes: boolean) => void;
  /** The view the operator had read when the live state changed; null while it is current. */
  stale: ProposalView | null;
  acknowledge: () => void;
  applying: Applying | null;
  /** The last lines of a build that ended. */
  lastLog: readonly string[];
  /** Why it cannot be approved now. */
  obstacle: string | null;
  approve: (note: string) => void;
  reject: (note: string) => void;
  deciding: boolean;
  decisionError: Error | null;
}

interface Standing {
  view: ProposalView | undefined;
  computing: boolean;
  draftOk: boolean;
  failed: boolean;
  stale: boolean;
  scope: ApprovalScope | null;
  /** The file to be written is another than the one that was looked at. */
  fileChanged: boolean;
}

function obstacleTo({ view, computing, draftOk, failed, stale, scope, fileChanged }: Standing): string | null {
  if (!view || !scope) return "Its effect is not computed yet.";
  if (view.blocked) return view.blocked;
  if (!draftOk) return "The edit is not complete.";
  if (failed) return "Its effect cannot be computed: see why above.";
  if (stale) return "The live state changed. Read the change first.";
  if (computing) return "Its effect is being computed.";
  if (!view.scopes.includes(scope.kind)) return "This cannot be had for so long: choose how long it holds.";
  return fileChanged ? "The manifest changed since you looked at it: look at its change again." : null;
}

/** One proposal under review: what it would do, the operator's edit, and what the decision rests on. */
export function useReview(proposal: Proposal): Review {
  const [draft, setDraft] = useState<EditDraft | null>(null);
  const [chosen, setChosen] = useState<ApprovalScope | null>(null);
  const [fileDigest, setFileDigest] = useState<string | null>(null);
  const typed = draft ? requestOf(draft) : null;
  const edit = typed?.ok && !sameRequest(typed.request, proposal.request) ? typed.request : null;
  const computed = useRecomputed("proposals.view", { id: proposal.id, edit, scope: chosen });
  const { answer: view, error, computing, again } = computed;
  const { seen, stale, acknowledge } = useSeenState(proposal.status === "pending" ? view : undefined, computed.settled);
  const { applying, lastLog } = useApplying(proposal.id);
  const approval = useAction("proposals.approve");
  const rejection = useAction("proposals.reject");
  const tell = useNotice();

  const scope = chosen ?? (view?.scopes[0] ? scopeOf(view.scopes[0]) : null);
  const offer = scope?.kind === "for-good" ? (view?.writeBack ?? null) : null;
  const fileChanged = offer !== null && fileDigest !== null && fileDigest !== offer.digest;
  const obstacle = obstacleTo({
    view,
    computing,
    draftOk: typed?.ok !== false,
    failed: error !== null,
    stale: stale !== null,
    scope,
    fileChanged,
  });
  const deciding = approval.isPending || rejection.isPending || applying !== null;
  const basis = { id: proposal.id, digest: proposal.digest };

  const approve = (note: string) => {
    if (!view || !scope || deciding || obstacle) return;
    const seenRevision = (seen ?? view).liveRevision;
    const input = { ...basis, note, seenRevision, edit, scope, writeBack: offer && fileDigest };
    // What was refused as stale shows what changed: the view is computed again against the live state.
    approval.mutateAsync(input).then(({ writeBack }) => {
      if (!writeBack) return;
      const name = fileName(writeBack.file);
      if (writeBack.problem === null) tell("info", `It is live, and written to ${name}.`);
      else tell("bad", `It is live, but ${name} was not changed: ${writeBack.problem}`);
    }, again);
  };
  // A refusal opens nothing, whatever the live state has become meanwhile.
  const reject = (note: string) => {
    if (view && !deciding) rejection.mutate({ ...basis, note, seenRevision: view.liveRevision }, { onError: again });
  };

  return {
    view,
    error,
    request: edit ?? proposal.request,
    draft,
    problems: typed && !typed.ok ? typed.problems : {},
    setDraft,
    scope,
    setScope: setChosen,
    writesBack: offer !== null && fileDigest !== null && !fileChanged,
    setWritesBack: (writes) => setFileDigest(writes && offer ? offer.digest : null),
    stale,
    acknowledge,
    applying,
    lastLog,
    obstacle,
    approve,
    reject,
    deciding,
    decisionError: approval.error ?? rejection.error,
  };
}
