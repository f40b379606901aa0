import type { InboxRow } from "./inbox-rows.ts";

const ITEM = 56;
const HEADING = 27;
const SECTION = 38;

export function rowHeight(row: InboxRow | undefined): number {
  if (row?.type !== "heading") return ITEM;
  return row.section ? SECTION : HEADING;
}

/** Where each row begins, by its key. */
export function rowOffsets(rows: readonly InboxRow[]): ReadonlyMap<string, number> {
  const offsets = new Map<string, number>();
  let top = 0;
  for (const row of rows) {
    offsets.set(row.key, top);
    top += rowHeight(row);
  }
  return offsets;
}

interface Before {
  readonly rows: readonly InboxRow[];
  readonly offsets: ReadonlyMap<string, number>;
  readonly scrollTop: number;
  readonly height: number;
  /** The row that must stay where it is, before any other. */
  readonly active: string | null;
}

/**
 * How far to scroll so that what the operator looks at stays where it is when rows come and go: the active row where it is in
 * sight, else the first that is. A row that went to another section has another key, so that nothing follows it there.
 */
export function scrollShift({ rows, offsets, scrollTop, height, active }: Before, next: ReadonlyMap<string, number>): number {
  const inSight = rows.filter(({ key }) => {
    const top = offsets.get(key) ?? 0;
    return top >= scrollTop && top < scrollTop + height && next.has(key);
  });
  const anchor = inSight.find((row) => row.type === "item" && row.id === active) ?? inSight[0];
  if (!anchor) return 0;
  return (next.get(anchor.key) ?? 0) - (offsets.get(anchor.key) ?? 0);
}
