import type { KeyboardEvent, ReactNode, RefObject } from "react";
import { useLayoutEffect, useRef } from "react";
import { PushReviewPane } from "../git/push-review.tsx";
import { DecidedProposal } from "../proposals/decided-proposal.tsx";
import { ProposalReview } from "../proposals/proposal-review.tsx";
import { EmptyState } from "../ui/notes.tsx";
import { DecidedPush } from "./decided-push.tsx";
import type { InboxItem, InboxLists } from "./inbox-items.ts";
import { waits } from "./inbox-items.ts";
import { RefusedPushPane } from "./refused-push.tsx";

interface DetailProps {
  item: InboxItem;
  lists: InboxLists;
  onGone: () => void;
}

function Detail({ item, lists, onGone }: DetailProps) {
  const waiting = lists.waiting.length;
  switch (item.kind) {
    case "proposal":
      if (waits(item)) return <ProposalReview key={item.id} proposal={item.proposal} />;
      return <DecidedProposal proposal={item.proposal} waiting={waiting} />;
    case "held-push":
      return waits(item) ? <PushReviewPane key={item.id} held={item.held} /> : <DecidedPush held={item.held} waiting={waiting} />;
    case "refused-push":
      return <RefusedPushPane key={item.id} refused={item.refused} all={lists.refused.map(({ id }) => id)} onGone={onGone} />;
  }
}

/** What is open, or why nothing is. */
export function OpenedItem({
  item,
  id,
  known,
  ...rest
}: { item: InboxItem | undefined; id: string | null; known: boolean } & Omit<DetailProps, "item">) {
  if (item) return <Detail item={item} {...rest} />;
  if (!known) return null;
  if (id !== null)
    return (
      <EmptyState title="It is not in the inbox any more">{`${id} was withdrawn, dismissed, or belongs to a bottle that was removed.`}</EmptyState>
    );
  return (
    <EmptyState title="Nothing needs you">
      When an agent is refused something it may ask for it, and a push may be held until you have looked at it. Each comes here with what it
      would really change; you approve it, edit it first, or say no.
    </EmptyState>
  );
}

interface DetailPaneProps {
  pane: RefObject<HTMLDivElement | null>;
  /** Changes with everything that replaces what is shown. */
  identity: string;
  /** Escape: back to the list. */
  onLeave: () => void;
  children: ReactNode;
}

function takesText(target: EventTarget): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.closest("input, textarea, select") !== null);
}

/** The place beside the list. A button that decides goes with what it decided: the focus that it had stays in the pane. */
export function DetailPane({ pane, identity, onLeave, children }: DetailPaneProps) {
  const focused = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it looks after every change of what is shown
  useLayoutEffect(() => {
    if (focused.current && document.activeElement === document.body) pane.current?.querySelector<HTMLElement>("article")?.focus();
  }, [identity, pane]);
  const press = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !event.defaultPrevented && !takesText(event.target)) onLeave();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of what it holds
    <div
      ref={pane}
      onKeyDown={press}
      onFocus={() => {
        focused.current = true;
      }}
      onBlur={({ relatedTarget }) => {
        if (relatedTarget !== null) focused.current = false;
      }}
      className="flex min-h-0 min-w-0 flex-col"
    >
      {children}
    </div>
  );
}
