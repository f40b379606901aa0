import { useMemo, useRef, useState } from "react";
import { go } from "../app/location.ts";
import { EmptyState } from "../ui/notes.tsx";
import { allItems, everything } from "./inbox-filter.ts";
import { InboxList } from "./inbox-list.tsx";
import { inboxRows } from "./inbox-rows.ts";
import { useInbox } from "./use-inbox.ts";

const noMarks: ReadonlySet<string> = new Set();

/** One bottle's proposals and held pushes; each opens in the inbox. */
export function BottleProposals({ slug }: { slug: string }) {
  const lists = useInbox(slug);
  const list = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<string | null>(null);
  const items = useMemo(() => new Map(allItems(lists).map((item) => [item.id, item])), [lists]);
  const rows = useMemo(() => inboxRows(lists, everything, "none"), [lists]);
  const step = (by: number) => {
    const ids = rows.flatMap((row) => (row.type === "item" ? [row.id] : []));
    const next = ids[Math.min(ids.length - 1, Math.max(0, ids.indexOf(active ?? "") + by))];
    if (next) setActive(next);
  };
  if (rows.length === 0)
    return (
      <EmptyState title="This agent has asked for nothing">
        When it is refused a request it can ask for the route; that shows here and in the inbox.
      </EmptyState>
    );
  const open = (id: string) => go({ name: "inbox", id });
  return (
    <InboxList
      rows={rows}
      items={items}
      label="Proposals and pushes"
      active={active}
      marked={noMarks}
      list={list}
      onStep={step}
      onOpen={open}
      onEnter={open}
    />
  );
}
