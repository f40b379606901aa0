// biome-ignore-all lint/a11y/useSemanticElements: rows that exist only while they are visible cannot be a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active row
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid handles the keys for its active row
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import type { AuditEntry } from "#common/domain/audit.ts";
import { formatMoment } from "../ui/format.ts";
import { rowAfterKey } from "../ui/row-after-key.ts";
import { visibleString } from "../ui/visible-text.ts";
import { changeWords } from "./change-words.ts";

const ROW = 30;
const columns = "grid grid-cols-[9.5rem_6rem_11rem_11rem_minmax(10rem,1fr)_7rem] gap-x-3 px-4 items-center min-w-200";
const headings = ["Time", "Part", "What", "Bottle", "Change and note", "By"];

/** Which entry this is, over all bottles. */
export function entryKey({ slug, index }: Pick<AuditEntry, "slug" | "index">): string {
  return `${slug} ${index}`;
}

function Row({ entry, index, top, selected, onSelect }: RowProps) {
  return (
    <div
      role="row"
      id={`audit-${index}`}
      aria-rowindex={index + 2}
      aria-selected={selected}
      onClick={onSelect}
      className={`absolute inset-x-0 border-b border-line/60 ${columns} ${selected ? "bg-selected shadow-[inset_2px_0_0_var(--accent)]" : "hover:bg-raised"}`}
      style={{ height: ROW, transform: `translateY(${top}px)` }}
    >
      <Cell className="data text-sm text-faint">{formatMoment(entry.time)}</Cell>
      <Cell className="data text-sm text-dim">{entry.component}</Cell>
      <Cell className="font-medium">{visibleString(entry.action)}</Cell>
      <Cell className="data text-sm text-dim">{entry.slug}</Cell>
      <Cell className="text-dim">{visibleString([changeWords(entry), entry.note].filter(Boolean).join(" · "))}</Cell>
      <Cell className="text-sm text-faint">{visibleString(entry.by)}</Cell>
    </div>
  );
}

interface RowProps {
  entry: AuditEntry;
  index: number;
  top: number;
  selected: boolean;
  onSelect: () => void;
}

function Cell({ children, className }: { children: string; className: string }) {
  return (
    <div role="gridcell" className={`truncate ${className}`} title={children}>
      {children}
    </div>
  );
}

interface AuditListProps {
  entries: readonly AuditEntry[];
  total: number;
  selected: string | null;
  onSelect: (key: string) => void;
  /** The end of what is loaded is in sight. */
  onEnd: () => void;
}

/** Any number of entries, of which only the visible exist; arrow keys move the selection. */
export function AuditList({ entries, total, selected, onSelect, onEnd }: AuditListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const items = rows.getVirtualItems();
  const lastSeen = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (entries.length < total && lastSeen >= entries.length - 20) onEnd();
  }, [entries.length, total, lastSeen, onEnd]);
  const at = entries.findIndex((entry) => entryKey(entry) === selected);
  const move = (event: React.KeyboardEvent) => {
    const index = rowAfterKey(event.key, at, entries.length, 15);
    if (index === null) return;
    event.preventDefault();
    const entry = entries[index];
    if (entry) onSelect(entryKey(entry));
    rows.scrollToIndex(index);
  };
  return (
    <div
      role="grid"
      aria-label="Audit log"
      aria-rowcount={total + 1}
      tabIndex={0}
      aria-activedescendant={at === -1 ? undefined : `audit-${at}`}
      onKeyDown={move}
      ref={scroller}
      className="min-h-0 grow overflow-auto focus-visible:outline-offset-[-2px]"
    >
      <div role="row" aria-rowindex={1} className={`heading sticky top-0 z-10 h-7 border-b border-line bg-panel ${columns}`}>
        {headings.map((heading) => (
          <div role="columnheader" key={heading}>
            {heading}
          </div>
        ))}
      </div>
      <div role="rowgroup" className="relative min-w-200" style={{ height: rows.getTotalSize() }}>
        {items.map((item) => {
          const entry = entries[item.index];
          if (!entry) return null;
          const key = entryKey(entry);
          return (
            <Row key={key} entry={entry} index={item.index} top={item.start} selected={key === selected} onSelect={() => onSelect(key)} />
          );
        })}
      </div>
    </div>
  );
}
