import { useState } from "react";
import type { ApprovalScope, Proposal, ProposalRequest } from "#common/domain/proposal.ts";
import type { ProposalView } from "#common/ipc/proposal-methods.ts";
import { useCall } from "../bridge/use-call.ts";

interface Computed {
  view: ProposalView | undefined;
  error: Error | null;
  /** Whether the view is of an earlier edit or scope still. */
  computing: boolean;
  /** What the operator has read. */
  seen: ProposalView | null;
  /** The same, when the live state is another since. */
  stale: ProposalView | null;
  acknowledge: () => void;
  again: () => void;
}

/** What main computes of a proposal as it is edited: one computation at a time, the newest next, those in between never. */
export function useComputedView(proposal: Proposal, edit: ProposalRequest | null, scope: ApprovalScope | null): Computed {
  const wanted = { id: proposal.id, edit, scope };
  const [asked, setAsked] = useState(wanted);
  const current = JSON.stringify(asked) === JSON.stringify(wanted);
  const { data, error, isPlaceholderData, isFetching, refetch } = useCall("proposals.view", asked, {
    keepPrevious: true,
    // An edit is asked about once; kept, every letter typed into a Dockerfile would leave a copy of it.
    forget: asked.edit !== null,
  });
  if (!current && !isFetching) setAsked(wanted);
  const [seen, setSeen] = useState<ProposalView | null>(null);
  // What is remembered of an earlier visit is shown at once, but it is not what the operator reads now.
  if (data && seen === null && !isFetching) setSeen(data);
  const changed = data !== undefined && seen !== null && proposal.status === "pending" && data.liveRevision !== seen.liveRevision;
  return {
    view: data,
    error,
    computing: isPlaceholderData || !current,
    seen,
    stale: changed ? seen : null,
    acknowledge: () => setSeen(data ?? null),
    again: () => void refetch(),
  };
}
