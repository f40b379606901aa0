import { useDeferredValue, useState } from "react";
import type { Proposal } from "#common/domain/proposal.ts";
import type { ProposalView } from "#common/ipc/proposal-methods.ts";
import { useAction, useCall } from "../bridge/use-call.ts";
import type { DraftField, EditDraft } from "./edit-draft.ts";
import { requestOf, sameRequest } from "./edit-draft.ts";

export interface Review {
  view: ProposalView | undefined;
  error: Error | null;
  draft: EditDraft | null;
  problems: Partial<Record<DraftField, string>>;
  setDraft: (draft: EditDraft | null) => void;
  /** The view the operator had read when the live routes changed; null while it is current. */
  stale: ProposalView | null;
  acknowledge: () => void;
  /** Why it cannot be approved now. */
  obstacle: string | null;
  decide: (verdict: "approve" | "reject", note: string) => void;
  deciding: boolean;
  decisionError: Error | null;
}

function obstacleTo(parts: { view: ProposalView | undefined; computing: boolean; draftOk: boolean; stale: boolean }): string | null {
  if (!parts.view) return "Its effect is not computed yet.";
  if (parts.view.blocked) return parts.view.blocked;
  if (!parts.draftOk) return "The edit is not complete.";
  if (parts.stale) return "The live routes changed. Read the change first.";
  return parts.computing ? "The effect of the edit is being computed." : null;
}

/** One proposal under review: what it would do, the operator's edit, and the revision the decision rests on. */
export function useReview(proposal: Proposal): Review {
  const [draft, setDraft] = useState<EditDraft | null>(null);
  const typed = draft ? requestOf(draft) : null;
  const edit = typed?.ok && !sameRequest(typed.request, proposal.request) ? typed.request : null;
  const settled = useDeferredValue(edit);
  const {
    data: view,
    error,
    isPlaceholderData,
    isFetching,
    refetch,
  } = useCall("proposals.view", { id: proposal.id, edit: settled }, { keepPrevious: true });
  const [seen, setSeen] = useState<ProposalView | null>(null);
  // What is remembered of an earlier visit is shown at once, but it is not what the operator reads now.
  if (view && seen === null && !isFetching) setSeen(view);
  const stale = view && seen && proposal.status === "pending" && view.liveRevision !== seen.liveRevision ? seen : null;
  const approve = useAction("proposals.approve");
  const reject = useAction("proposals.reject");
  const computing = isPlaceholderData || settled !== edit;
  const obstacle = obstacleTo({ view, computing, draftOk: typed?.ok !== false, stale: stale !== null });

  const deciding = approve.isPending || reject.isPending;
  // A decision that was refused as stale shows what changed: the view is computed again against the live routes.
  const refresh = () => void refetch();
  const decide: Review["decide"] = (verdict, note) => {
    if (!view || deciding || (verdict === "approve" && obstacle)) return;
    const basis = { id: proposal.id, digest: proposal.digest, note };
    if (verdict === "approve") approve.mutate({ ...basis, seenRevision: (seen ?? view).liveRevision, edit: settled }, { onError: refresh });
    // A refusal opens nothing, whatever the routes have become meanwhile.
    else reject.mutate({ ...basis, seenRevision: view.liveRevision }, { onError: refresh });
  };

  return {
    view,
    error,
    draft,
    problems: typed && !typed.ok ? typed.problems : {},
    setDraft,
    stale,
    acknowledge: () => setSeen(view ?? null),
    obstacle,
    decide,
    deciding,
    decisionError: approve.error ?? reject.error,
  };
}
