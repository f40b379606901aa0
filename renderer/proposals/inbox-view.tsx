import { useEffect } from "react";
import type { Proposal } from "#common/domain/proposal.ts";
import { replaceView } from "../app/location.ts";
import { useProposals } from "../bottles/use-bottles.ts";
import { EmptyState } from "../ui/notes.tsx";
import { Pill } from "../ui/tag.tsx";
import { useKeys } from "../ui/use-keys.ts";
import { DecidedProposal } from "./decided-proposal.tsx";
import { ProposalList } from "./proposal-list.tsx";
import { ProposalReview } from "./proposal-review.tsx";
import { inboxLists } from "./words.ts";

function Detail({ proposal, waiting }: { proposal: Proposal | undefined; waiting: number }) {
  if (!proposal)
    return (
      <EmptyState title="Nothing needs you">
        When an agent is refused something it may ask for it. Its request comes here with what it would really change; you approve it, edit
        it first, or say no.
      </EmptyState>
    );
  if (proposal.status !== "pending") return <DecidedProposal proposal={proposal} waiting={waiting} />;
  return <ProposalReview key={proposal.id} proposal={proposal} />;
}

/** Every bottle's proposals in one place (SUP-4). */
export function InboxView({ id }: { id: string | null }) {
  const proposals = useProposals();
  const { waiting, decided } = inboxLists(proposals);
  const ordered = [...waiting, ...decided];
  const current = id ? proposals.find((each) => each.id === id) : waiting[0];
  const at = current ? ordered.indexOf(current) : -1;
  const step = (by: number) => {
    const next = ordered[Math.min(ordered.length - 1, Math.max(0, at + by))];
    if (next) replaceView({ name: "inbox", id: next.id });
  };
  useKeys({ j: () => step(1), k: () => step(-1) });
  // The one on screen stays there whatever happens to the list: a key pressed now must never decide another one.
  const first = id ? undefined : waiting[0]?.id;
  useEffect(() => {
    if (first) replaceView({ name: "inbox", id: first });
  }, [first]);
  return (
    <main className="grid min-h-0 min-w-0 grid-cols-[clamp(13rem,21vw,18.75rem)_minmax(0,1fr)] [grid-area:main]">
      <div className="min-h-0 overflow-y-auto border-r border-line bg-panel">
        <header className="flex h-11 items-center gap-2.5 border-b border-line px-4">
          <h1 className="text-lg font-semibold">Inbox</h1>
          <Pill>all bottles</Pill>
        </header>
        <ProposalList proposals={proposals} current={current?.id ?? null} />
      </div>
      <div className="flex min-h-0 min-w-0 flex-col">
        <Detail proposal={current} waiting={waiting.length} />
      </div>
    </main>
  );
}
