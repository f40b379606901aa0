import { EmptyState } from "../ui/notes.tsx";
import { InboxList } from "./inbox-list.tsx";
import { useInbox } from "./use-inbox.ts";

/** One bottle's proposals and held pushes; each opens in the inbox. */
export function BottleProposals({ slug }: { slug: string }) {
  const lists = useInbox(slug);
  if (lists.waiting.length + lists.refused.length + lists.decided.length === 0)
    return (
      <EmptyState title="This agent has asked for nothing">
        When it is refused a request it can ask for the route; that shows here and in the inbox.
      </EmptyState>
    );
  return (
    <div className="min-h-0 grow overflow-y-auto">
      <InboxList lists={lists} current={null} />
    </div>
  );
}
