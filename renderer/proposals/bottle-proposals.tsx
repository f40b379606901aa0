import { useProposals } from "../bottles/use-bottles.ts";
import { EmptyState } from "../ui/notes.tsx";
import { ProposalList } from "./proposal-list.tsx";

/** One bottle's proposals; each opens in the inbox. */
export function BottleProposals({ slug }: { slug: string }) {
  const proposals = useProposals().filter((proposal) => proposal.slug === slug);
  if (proposals.length === 0)
    return (
      <EmptyState title="This agent has asked for nothing">
        When it is refused a request it can ask for the route; that shows here and in the inbox.
      </EmptyState>
    );
  return (
    <div className="min-h-0 grow overflow-y-auto">
      <ProposalList proposals={proposals} current={null} />
    </div>
  );
}
