import { Check } from "lucide-react";
import { memo } from "react";
import { Age } from "../ui/age.tsx";
import { formatCount } from "../ui/format.ts";
import type { Status } from "../ui/shape.tsx";
import { Shape } from "../ui/shape.tsx";
import { useNow } from "../ui/use-now.ts";
import { visibleString } from "../ui/visible-text.ts";
import type { InboxItem } from "./inbox-items.ts";
import { isMarkable, isSnoozed, waits } from "./inbox-items.ts";
import type { InboxRow } from "./inbox-rows.ts";
import { itemLine, itemOutcome, itemTitle } from "./item-words.ts";
import { wakeWords } from "./snooze-times.ts";

function statusOf(item: InboxItem): Status {
  if (item.kind === "refused-push") return "failed";
  return waits(item) && !isSnoozed(item) ? "needs-you" : "stopped";
}

function statusWord(item: InboxItem): string {
  if (isSnoozed(item)) return "snoozed: ";
  return waits(item) ? "waiting: " : `${itemOutcome(item)}: `;
}

function Waking({ until }: { until: string }) {
  const now = useNow(60_000);
  return <span>wakes {wakeWords(until, now)}</span>;
}

/** Drawn, not an input: the list itself is what is operated, and says what is marked. */
function Mark({ marked }: { marked: boolean }) {
  const look = marked ? "border-accent bg-accent text-on-accent" : "border-edge bg-ground opacity-0 group-hover/row:opacity-100";
  return (
    <span data-mark="" aria-hidden="true" className="-mx-2 -mb-1 flex px-2 pt-1 pb-1">
      <span className={`pointer-events-none flex size-3.5 items-center justify-center rounded-sm border ${look}`}>
        {marked ? <Check size={11} strokeWidth={3} /> : null}
      </span>
    </span>
  );
}

function Lines({ item, status }: { item: InboxItem; status: Status }) {
  const snoozed = item.kind === "proposal" && isSnoozed(item) ? item.snoozedUntil : null;
  return (
    <span className="min-w-0 grow">
      <span className="flex items-baseline gap-2">
        <span className={`truncate font-medium ${status === "stopped" ? "text-dim" : ""}`}>{itemTitle(item)}</span>
        {item.kind === "proposal" && item.proposal.failure && waits(item) ? (
          <span className="shrink-0 text-sm text-bad">failed once</span>
        ) : null}
        <Age since={item.at} className="data ml-auto shrink-0 text-xs text-faint" />
      </span>
      <span className="block truncate text-sm text-faint">
        {item.slug} · {snoozed ? <Waking until={snoozed} /> : null}
        {snoozed ? " · " : null}
        {visibleString(itemLine(item))}
      </span>
    </span>
  );
}

interface ItemRowProps {
  item: InboxItem;
  domId: string;
  index: number;
  total: number;
  top: number;
  height: number;
  active: boolean;
  marked: boolean;
}

/** One entry of the inbox; a step of the cursor renders the two rows that it concerns. */
export const ItemRow = memo(function ItemRow({ item, domId, index, total, top, height, active, marked }: ItemRowProps) {
  const status = statusOf(item);
  return (
    <div
      role="option"
      id={domId}
      data-item={item.id}
      tabIndex={-1}
      aria-selected={marked}
      aria-current={active || undefined}
      aria-posinset={index + 1}
      aria-setsize={total}
      className={`group/row absolute inset-x-0 flex gap-3 border-b border-line px-3 py-2 ${active ? "bg-selected shadow-[inset_2px_0_0_0_var(--accent)] group-focus-visible/list:outline-2 group-focus-visible/list:-outline-offset-2 group-focus-visible/list:outline-accent" : "hover:bg-raised"}`}
      style={{ height, transform: `translateY(${top}px)` }}
    >
      <span className="flex w-3.5 shrink-0 flex-col items-center">
        <span className="flex h-5 items-center">
          <Shape status={status} />
          <span className="sr-only">{statusWord(item)}</span>
        </span>
        {isMarkable(item) ? <Mark marked={marked} /> : null}
      </span>
      <Lines item={item} status={status} />
    </div>
  );
});

interface HeadingRowProps {
  row: Extract<InboxRow, { type: "heading" }>;
  top: number;
  height: number;
}

/** What the rows below have in common; each of them says it too, so this is for the eye. */
export function HeadingRow({ row, top, height }: HeadingRowProps) {
  return (
    <div
      role="presentation"
      className={`absolute inset-x-0 flex items-end gap-2 border-b border-line px-3 pb-1 ${row.section ? "" : "bg-raised/60"}`}
      style={{ height, transform: `translateY(${top}px)` }}
    >
      <span className={`heading truncate ${row.section ? "" : "text-dim"}`}>{row.title}</span>
      <span className="data ml-auto text-xs text-faint">{formatCount(row.count)}</span>
    </div>
  );
}
