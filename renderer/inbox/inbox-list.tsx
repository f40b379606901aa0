import { useVirtualizer } from "@tanstack/react-virtual";
import type { KeyboardEvent, MouseEvent, RefObject } from "react";
import { useCallback, useEffect, useEffectEvent, useId, useMemo } from "react";
import type { InboxItem } from "./inbox-items.ts";
import { HeadingRow, ItemRow } from "./inbox-row.tsx";
import type { InboxRow } from "./inbox-rows.ts";
import { rowHeight } from "./row-offsets.ts";
import { useScrollAnchor } from "./use-scroll-anchor.ts";

interface InboxListProps {
  rows: readonly InboxRow[];
  items: ReadonlyMap<string, InboxItem>;
  label: string;
  active: string | null;
  marked: ReadonlySet<string>;
  list: RefObject<HTMLDivElement | null>;
  onStep: (by: number, held: boolean) => void;
  onOpen: (id: string) => void;
  /** Enter: on to what is open. */
  onEnter: (id: string) => void;
  onMark?: (id: string) => void;
  onMarkTo?: (id: string) => void;
  onHover?: (hovered: boolean) => void;
}

const steps: Record<string, number> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 12,
  PageUp: -12,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

function itemAt(event: MouseEvent): string | undefined {
  return (event.target as HTMLElement).closest<HTMLElement>("[data-item]")?.dataset.item;
}

/** How many items there are, and which of them stands on each line. */
function positionsOf(rows: readonly InboxRow[]): { total: number; of: Int32Array } {
  const of = new Int32Array(rows.length);
  let total = 0;
  for (const [index, row] of rows.entries()) {
    of[index] = total;
    if (row.type === "item") total += 1;
  }
  return { total, of };
}

function useKeptInSight(rows: readonly InboxRow[], active: string | null, show: (index: number) => void): void {
  const look = useEffectEvent(() => {
    const index = rows.findIndex((row) => row.type === "item" && row.id === active);
    if (index !== -1) show(index);
  });
  // Only where the operator went: rows that come and go must not scroll the list.
  useEffect(() => {
    if (active !== null) look();
  }, [active]);
}

/** Ten thousand entries, of which only the visible exist. It has the focus as one, and names its active row. */
export function InboxList({ rows, items, label, active, marked, list, ...on }: InboxListProps) {
  const prefix = useId();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => list.current,
    estimateSize: (index) => rowHeight(rows[index]),
    overscan: 8,
    // One function for the same rows: with another, every row is placed anew, which is once a change and not once a frame.
    getItemKey: useCallback((index: number) => rows[index]?.key ?? index, [rows]),
  });
  const positions = useMemo(() => positionsOf(rows), [rows]);
  useScrollAnchor(list, rows, active);
  useKeptInSight(rows, active, (index) => virtual.scrollToIndex(index, { align: "auto" }));
  const places = virtual.getVirtualItems();
  const inSight = places.some(({ index }) => rows[index]?.type === "item" && rows[index].id === active);
  const press = (event: KeyboardEvent) => {
    const by = steps[event.key];
    if (by !== undefined) on.onStep(by, event.repeat);
    else if (event.key === "Enter" && active !== null) on.onEnter(active);
    else if (event.key === " " && active !== null) on.onMark?.(active);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const click = (event: MouseEvent) => {
    const id = itemAt(event);
    if (id === undefined) return;
    if (event.shiftKey) on.onMarkTo?.(id);
    else if (event.ctrlKey || event.metaKey || (event.target as HTMLElement).closest("[data-mark]")) on.onMark?.(id);
    else on.onOpen(id);
  };
  return (
    <div
      role="listbox"
      aria-label={label}
      aria-multiselectable={on.onMark ? true : undefined}
      tabIndex={0}
      aria-activedescendant={inSight ? `${prefix}${active}` : undefined}
      onKeyDown={press}
      onClick={click}
      onPointerEnter={() => on.onHover?.(true)}
      onPointerLeave={() => on.onHover?.(false)}
      ref={list}
      className="group/list min-h-0 grow overflow-y-auto select-none [overflow-anchor:none] focus-visible:outline-none"
    >
      <div role="presentation" className="relative" style={{ height: virtual.getTotalSize() }}>
        {places.map((place) => {
          const row = rows[place.index];
          if (row?.type === "heading") return <HeadingRow key={place.key} row={row} top={place.start} height={place.size} />;
          const item = row ? items.get(row.id) : undefined;
          if (!item) return null;
          return (
            <ItemRow
              key={place.key}
              item={item}
              domId={`${prefix}${item.id}`}
              index={positions.of[place.index] ?? 0}
              total={positions.total}
              top={place.start}
              height={place.size}
              active={item.id === active}
              marked={marked.has(item.id)}
            />
          );
        })}
      </div>
    </div>
  );
}
