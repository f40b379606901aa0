import type { Proposal } from "#common/domain/proposal.ts";
import { go, replaceView } from "../app/location.ts";
import { useProposals } from "../bottles/use-bottles.ts";
import { plural } from "../ui/format.ts";
import { EmptyState } from "../ui/notes.tsx";
import { Pill } from "../ui/tag.tsx";
import { useKeys } from "../ui/use-keys.ts";
import { DecidedProposal } from "./decided-proposal.tsx";
import { ProposalList } from "./proposal-list.tsx";
import { ProposalReview } from "./proposal-review.tsx";
import { inboxLists, nextWaiting } from "./words.ts";

function Detail({ proposal, onDecided }: { proposal: Proposal | undefined; onDecided: () => void }) {
  if (!proposal)
    return (
      <EmptyState title="Nothing needs you">
        When an agent is refused something it may ask for it. Its request comes here with what it would really change; you approve it, edit
        it first, or say no.
      </EmptyState>
    );
  if (proposal.status !== "pending") return <DecidedProposal proposal={proposal} />;
  return <ProposalReview key={proposal.id} proposal={proposal} onDecided={onDecided} />;
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
  const showNext = () => current && go({ name: "inbox", id: nextWaiting(waiting, current.id)?.id ?? current.id });
  return (
    <main className="grid min-h-0 min-w-0 grid-cols-[clamp(13rem,21vw,18.75rem)_minmax(0,1fr)] [grid-area:main]">
      <div className="min-h-0 overflow-y-auto border-r border-line bg-panel">
        <header className="flex h-11 items-center gap-2.5 border-b border-line px-4">
          <h1 className="text-lg font-semibold">Inbox</h1>
          <Pill>all bottles</Pill>
          <span className="sr-only" role="status">
            {plural(waiting.length, "proposal")} waiting
          </span>
        </header>
        <ProposalList proposals={proposals} current={current?.id ?? null} />
      </div>
      <div className="flex min-h-0 min-w-0 flex-col">
        <Detail proposal={current} onDecided={showNext} />
      </div>
    </main>
  );
}
