// biome-ignore-all lint/a11y/useSemanticElements: rows that exist only while they are visible cannot be a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active row
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid handles the keys for its active row
import { useVirtualizer } from "@tanstack/react-virtual";
import type { RefObject } from "react";
import { memo } from "react";
import { formatBytes, formatClock, formatDuration } from "../ui/format.ts";
import { rowAfterKey } from "../ui/row-after-key.ts";
import { visibleString } from "../ui/visible-text.ts";
import type { NumberedDecision } from "./decision-log.ts";
import { ProtocolTag } from "./protocol-tag.tsx";
import { refusalWords } from "./rule-text.ts";
import { VerdictSign, verdictColours } from "./verdict.tsx";

const ROW = 26;
const columns =
  "grid grid-cols-[4.4rem_7.6rem_4rem_1.9rem_minmax(8rem,1.2fr)_minmax(7rem,1.5fr)_2.8rem_4.2rem_3.8rem] gap-x-2 px-4 items-center min-w-172";
const headings = ["Time", "Verdict", "Method", "Via", "Host", "Path", "Status", "Down", "Took"];

/** A path may hold kilobytes, and thousands of rows would each make it visible anew: the detail has all of it. */
function shown(text: string): string {
  return visibleString(text.length > 300 ? `${text.slice(0, 300)}…` : text);
}

interface RowProps {
  entry: NumberedDecision;
  top: number;
  selected: boolean;
  index: number;
  onSelect: (seq: number) => void;
}

/** Scrolling draws what comes into sight, and nothing that was there already. */
const Row = memo(function Row({ entry, top, selected, index, onSelect }: RowProps) {
  const { decision } = entry;
  const refused = decision.verdict !== "allowed";
  const ground = selected ? "bg-selected" : refused ? "bg-bad-ground" : "hover:bg-raised";
  return (
    <div
      role="row"
      id={`decision-${entry.seq}`}
      aria-rowindex={index + 2}
      aria-selected={selected}
      onClick={() => onSelect(entry.seq)}
      className={`data absolute inset-x-0 text-sm ${columns} ${ground} ${selected ? "shadow-[inset_2px_0_0_var(--accent)]" : ""}`}
      style={{ height: ROW, transform: `translateY(${top}px)` }}
    >
      <Cell dim>{formatClock(decision.time)}</Cell>
      <div role="gridcell" className={`flex min-w-0 items-center gap-1.5 ${verdictColours[decision.verdict]}`}>
        <VerdictSign verdict={decision.verdict} />
        <span className="truncate">{refused ? refusalWords(decision) : <span aria-hidden="true">allowed</span>}</span>
      </div>
      <Cell>{shown(decision.method)}</Cell>
      <div role="gridcell">
        <ProtocolTag protocol={decision.protocol} />
      </div>
      <Cell>{shown(decision.host)}</Cell>
      <Cell dim>{shown(decision.path)}</Cell>
      <Cell>{decision.status ?? "–"}</Cell>
      <Cell dim>{formatBytes(decision.bytesDown)}</Cell>
      <Cell dim>{formatDuration(decision.durationMs)}</Cell>
    </div>
  );
});

function Cell({ children, dim = false }: { children: string | number; dim?: boolean }) {
  return (
    <div role="gridcell" className={`truncate ${dim ? "text-faint" : ""}`} title={String(children)}>
      {children}
    </div>
  );
}

interface DecisionsTableProps {
  decisions: readonly NumberedDecision[];
  selected: number | null;
  onSelect: (seq: number) => void;
  onScrolled: (away: boolean) => void;
  scroller: RefObject<HTMLDivElement | null>;
}

/** Thousands of rows, of which only the visible exist; arrow keys move the selection. */
export function DecisionsTable({ decisions, selected, onSelect, onScrolled, scroller }: DecisionsTableProps) {
  const rows = useVirtualizer({
    count: decisions.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
    getItemKey: (index) => decisions[index]?.seq ?? index,
  });
  const move = (event: React.KeyboardEvent) => {
    const at = decisions.findIndex((entry) => entry.seq === selected);
    const index = rowAfterKey(event.key, at, decisions.length, 20);
    if (index === null) return;
    event.preventDefault();
    const entry = decisions[index];
    if (entry) onSelect(entry.seq);
    rows.scrollToIndex(index);
  };
  return (
    <div
      role="grid"
      aria-label="Decisions"
      aria-rowcount={decisions.length + 1}
      tabIndex={0}
      aria-activedescendant={selected === null ? undefined : `decision-${selected}`}
      onKeyDown={move}
      ref={scroller}
      onScroll={(event) => onScrolled(event.currentTarget.scrollTop > ROW)}
      className="min-h-0 grow overflow-auto focus-visible:outline-offset-[-2px]"
    >
      <div role="row" aria-rowindex={1} className={`heading sticky top-0 z-10 h-7 border-b border-line bg-panel ${columns}`}>
        {headings.map((heading) => (
          <div role="columnheader" key={heading}>
            {heading}
          </div>
        ))}
      </div>
      <div role="rowgroup" className="relative min-w-172" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((item) => {
          const entry = decisions[item.index];
          return entry ? (
            <Row key={item.key} entry={entry} index={item.index} top={item.start} selected={entry.seq === selected} onSelect={onSelect} />
          ) : null;
        })}
      </div>
    </div>
  );
}
