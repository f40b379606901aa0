import type { RefObject } from "react";
import { useDeferredValue, useMemo, useRef, useState } from "react";
import { usePreferences } from "../settings/preferences.ts";
import type { Haystacks, InboxFilter } from "./inbox-filter.ts";
import { allItems, everything, filterChoices } from "./inbox-filter.ts";
import type { InboxItem, InboxLists } from "./inbox-items.ts";
import type { InboxRow } from "./inbox-rows.ts";
import { inboxRows } from "./inbox-rows.ts";
import { useArrivals } from "./use-arrivals.ts";
import type { Cursor } from "./use-cursor.ts";
import { useCursor } from "./use-cursor.ts";
import { useHeldRows } from "./use-held-rows.ts";
import { useInbox, useInboxKnown } from "./use-inbox.ts";
import type { Marks } from "./use-marks.ts";
import { useMarks } from "./use-marks.ts";

export interface InboxState {
  readonly known: boolean;
  readonly lists: InboxLists;
  readonly items: ReadonlyMap<string, InboxItem>;
  readonly rows: readonly InboxRow[];
  /** What is opened where nothing was named. */
  readonly firstWaiting: string | undefined;
  readonly choices: ReturnType<typeof filterChoices>;
  readonly filter: InboxFilter;
  readonly setFilter: (filter: InboxFilter) => void;
  readonly setHovered: (hovered: boolean) => void;
  readonly cursor: Cursor;
  readonly marks: Marks;
  readonly arrivals: ReturnType<typeof useArrivals>;
  readonly list: RefObject<HTMLDivElement | null>;
  readonly pane: RefObject<HTMLDivElement | null>;
  readonly search: RefObject<HTMLInputElement | null>;
}

/** What the inbox shows, and where the operator is in it. */
export function useInboxState(id: string | null): InboxState {
  const lists = useInbox();
  const known = useInboxKnown();
  const { inboxGroups } = usePreferences();
  const [filter, setFilter] = useState<InboxFilter>(everything);
  const [hovered, setHovered] = useState(false);
  const settled = useDeferredValue(filter);
  const items = useMemo(() => new Map(allItems(lists).map((item) => [item.id, item])), [lists]);
  const [haystacks] = useState<Haystacks>(() => new WeakMap());
  const latest = useMemo(() => inboxRows(lists, settled, inboxGroups, haystacks), [lists, settled, inboxGroups, haystacks]);
  const rows = useHeldRows(latest, hovered, `${inboxGroups} ${JSON.stringify(settled)}`);
  const waiting = useMemo(() => (known ? lists.waiting.map((item) => item.id) : null), [known, lists]);
  const firstWaiting = useMemo(() => {
    const open = new Set(waiting);
    return rows.find((row) => row.type === "item" && open.has(row.id));
  }, [rows, waiting]);
  const choices = useMemo(() => filterChoices(lists), [lists]);
  return {
    known,
    lists,
    items,
    rows,
    firstWaiting: firstWaiting?.type === "item" ? firstWaiting.id : undefined,
    choices,
    filter,
    setFilter,
    setHovered,
    cursor: useCursor(rows, id),
    marks: useMarks(items),
    arrivals: useArrivals(waiting, id),
    list: useRef(null),
    pane: useRef(null),
    search: useRef(null),
  };
}
