import { useEffect } from "react";
import { replaceView } from "../app/location.ts";
import { useAction } from "../bridge/use-call.ts";
import { PushReviewPane } from "../git/push-review.tsx";
import { DecidedProposal } from "../proposals/decided-proposal.tsx";
import { ProposalReview } from "../proposals/proposal-review.tsx";
import { EmptyState } from "../ui/notes.tsx";
import { Pill } from "../ui/tag.tsx";
import { useKeys } from "../ui/use-keys.ts";
import { DecidedPush } from "./decided-push.tsx";
import type { InboxItem } from "./inbox-items.ts";
import { waits } from "./inbox-items.ts";
import { InboxList } from "./inbox-list.tsx";
import { RefusedPushPane } from "./refused-push.tsx";
import { useInbox } from "./use-inbox.ts";

function Detail({ item, waiting, onGone }: { item: InboxItem | undefined; waiting: number; onGone: () => void }) {
  if (!item)
    return (
      <EmptyState title="Nothing needs you">
        When an agent is refused something it may ask for it, and a push may be held until you have looked at it. Each comes here with what
        it would really change; you approve it, edit it first, or say no.
      </EmptyState>
    );
  switch (item.kind) {
    case "proposal":
      if (waits(item)) return <ProposalReview key={item.id} proposal={item.proposal} />;
      return <DecidedProposal proposal={item.proposal} waiting={waiting} />;
    case "held-push":
      return waits(item) ? <PushReviewPane key={item.id} held={item.held} /> : <DecidedPush held={item.held} waiting={waiting} />;
    case "refused-push":
      return <RefusedPushPane key={item.id} refused={item.refused} onGone={onGone} />;
  }
}

function DismissAll({ refused, onGone }: { refused: readonly InboxItem[]; onGone: () => void }) {
  const dismiss = useAction("pushes.dismiss");
  return (
    <button
      type="button"
      className="text-sm text-dim underline-offset-2 hover:text-text hover:underline"
      onClick={() => dismiss.mutate({ ids: refused.map(({ id }) => id) }, { onSuccess: onGone })}
    >
      Dismiss all
    </button>
  );
}

/** Every bottle's proposals and pushes in one place (SUP-4, GIT-6). */
export function InboxView({ id }: { id: string | null }) {
  const lists = useInbox();
  const ordered = [...lists.waiting, ...lists.refused, ...lists.decided];
  const current = id ? ordered.find((each) => each.id === id) : lists.waiting[0];
  const at = current ? ordered.indexOf(current) : -1;
  const step = (by: number) => {
    const next = ordered[Math.min(ordered.length - 1, Math.max(0, at + by))];
    if (next) replaceView({ name: "inbox", id: next.id });
  };
  const leave = () => replaceView({ name: "inbox", id: ordered[at + 1]?.id ?? null });
  useKeys({ j: () => step(1), k: () => step(-1) });
  // The one on screen stays there whatever happens to the list: a key pressed now must never decide another one.
  const first = id ? undefined : lists.waiting[0]?.id;
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
        <InboxList
          lists={lists}
          current={current?.id ?? null}
          dismissAll={<DismissAll refused={lists.refused} onGone={() => replaceView({ name: "inbox", id: null })} />}
        />
      </div>
      <div className="flex min-h-0 min-w-0 flex-col">
        <Detail item={current} waiting={lists.waiting.length} onGone={leave} />
      </div>
    </main>
  );
}
