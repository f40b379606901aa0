import { useVirtualizer } from "@tanstack/react-virtual";
import { Check } from "lucide-react";
import { useRef } from "react";
import type { WorkspaceChange } from "#common/ipc/workspace-methods.ts";
import { InertText } from "../ui/inert-text.tsx";
import { rowAfterKey } from "../ui/row-after-key.ts";
import { visibleString } from "../ui/visible-text.ts";
import { ChangeSize, StandingMark } from "./change-marks.tsx";
import { standingOf } from "./choose-changes.ts";

const ROW = 30;
const letters: Record<WorkspaceChange["change"], { letter: string; look: string }> = {
  added: { letter: "A", look: "text-ok" },
  changed: { letter: "M", look: "text-accent" },
  removed: { letter: "D", look: "text-bad" },
  mode: { letter: "X", look: "text-warn" },
};
const changeWords: Record<WorkspaceChange["change"], string> = {
  added: "added",
  changed: "changed",
  removed: "removed",
  mode: "executable or not",
};

/** Drawn, not an input: the list itself is what is operated, and says what is chosen. */
function Box({ chosen, open }: { chosen: boolean; open: boolean }) {
  if (!open) return <span className="size-3.5 shrink-0" />;
  const look = chosen ? "border-accent bg-accent text-on-accent" : "border-edge bg-ground";
  return (
    <span data-toggle="" aria-hidden="true" className={`-m-1.5 flex shrink-0 p-1.5`}>
      <span className={`pointer-events-none flex size-3.5 items-center justify-center rounded-sm border ${look}`}>
        {chosen ? <Check size={11} strokeWidth={3} /> : null}
      </span>
    </span>
  );
}

interface RowProps {
  change: WorkspaceChange;
  index: number;
  total: number;
  top: number;
  active: boolean;
  chosen: boolean;
}

function Row({ change, index, total, top, active, chosen }: RowProps) {
  const { letter, look } = letters[change.change];
  const refused = standingOf(change) === "refused";
  return (
    <div
      role="option"
      id={`change-${index}`}
      data-index={index}
      tabIndex={-1}
      aria-selected={chosen}
      aria-disabled={refused || undefined}
      aria-posinset={index + 1}
      aria-setsize={total}
      className={`absolute inset-x-0 flex h-7.5 items-center gap-2 px-3 ${active ? "bg-selected shadow-[inset_2px_0_0_0_var(--accent)]" : "hover:bg-raised"}`}
      style={{ transform: `translateY(${top}px)` }}
    >
      <Box chosen={chosen} open={!refused} />
      <span title={changeWords[change.change]} className={`data w-3 shrink-0 text-center font-semibold ${look}`}>
        <span aria-hidden="true">{letter}</span>
        <span className="sr-only">{changeWords[change.change]}</span>
      </span>
      <span title={visibleString(change.path)} className={`data min-w-0 grow truncate text-left ${refused ? "text-faint" : ""}`}>
        <InertText text={change.path} />
      </span>
      {change.warnings.length > 0 && !refused ? (
        <span title={change.warnings.join("; ")} className="shrink-0 text-sm text-warn">
          look
        </span>
      ) : null}
      <StandingMark change={change} />
      <span className="shrink-0 text-sm">
        <ChangeSize change={change} />
      </span>
    </div>
  );
}

interface ChangeListProps {
  changes: readonly WorkspaceChange[];
  active: string | null;
  chosen: ReadonlySet<string>;
  onActive: (path: string) => void;
  onToggle: (change: WorkspaceChange) => void;
  onAll: () => void;
}

/** Thousands of paths, of which only the visible exist: arrows move, space chooses, Ctrl+A chooses what is ready. */
export function ChangeList({ changes, active, chosen, onActive, onToggle, onAll }: ChangeListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const at = changes.findIndex(({ path }) => path === active);
  const rows = useVirtualizer({
    count: changes.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 16,
    getItemKey: (index) => changes[index]?.path ?? index,
  });
  const press = (event: React.KeyboardEvent) => {
    const current = changes[at];
    if (event.key === " " && current) onToggle(current);
    else if (event.key === "a" && (event.ctrlKey || event.metaKey)) onAll();
    else if (!move(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const move = (key: string): boolean => {
    const index = rowAfterKey(key, at, changes.length, 15);
    if (index === null) return false;
    onActive(changes[index]?.path ?? "");
    rows.scrollToIndex(index);
    return true;
  };
  const click = (event: React.MouseEvent) => {
    const target = event.target as HTMLElement;
    const change = changes[Number(target.closest<HTMLElement>("[data-index]")?.dataset.index ?? -1)];
    if (!change) return;
    onActive(change.path);
    if (target.closest("[data-toggle]")) onToggle(change);
  };
  return (
    <div
      role="listbox"
      aria-label="Changes"
      aria-multiselectable="true"
      tabIndex={0}
      aria-activedescendant={at === -1 ? undefined : `change-${at}`}
      onKeyDown={press}
      onClick={click}
      ref={scroller}
      className="min-h-0 grow overflow-y-auto focus-visible:outline-offset-[-2px]"
    >
      <div role="presentation" className="relative" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((item) => {
          const change = changes[item.index];
          return change ? (
            <Row
              key={item.key}
              change={change}
              index={item.index}
              total={changes.length}
              top={item.start}
              active={item.index === at}
              chosen={chosen.has(change.path)}
            />
          ) : null;
        })}
      </div>
    </div>
  );
}
