import type { ReactNode } from "react";
import { hrefOf } from "../app/location.ts";
import { Age } from "../ui/age.tsx";
import type { Status } from "../ui/shape.tsx";
import { Shape } from "../ui/shape.tsx";
import { visibleString } from "../ui/visible-text.ts";
import type { InboxItem, InboxLists } from "./inbox-items.ts";
import { waits } from "./inbox-items.ts";
import { itemLine, itemOutcome, itemTitle } from "./item-words.ts";

function statusOf(item: InboxItem): Status {
  if (item.kind === "refused-push") return "failed";
  return waits(item) ? "needs-you" : "stopped";
}

function Row({ item, here }: { item: InboxItem; here: boolean }) {
  const status = statusOf(item);
  return (
    <li className="border-b border-line">
      <a
        href={hrefOf({ name: "inbox", id: item.id })}
        aria-current={here ? "true" : undefined}
        className="relative flex gap-3 px-3 py-2.5 hover:bg-raised focus-visible:outline-offset-[-2px] aria-[current]:bg-selected aria-[current]:before:absolute aria-[current]:before:inset-y-0 aria-[current]:before:left-0 aria-[current]:before:w-0.5 aria-[current]:before:bg-accent"
      >
        <span className="flex h-5 items-center">
          <Shape status={status} />
          <span className="sr-only">{status === "needs-you" ? "waiting: " : `${itemOutcome(item)}: `}</span>
        </span>
        <span className="min-w-0 grow">
          <span className="flex items-baseline gap-2">
            <span className={`truncate font-medium ${status === "stopped" ? "text-dim" : ""}`}>{itemTitle(item)}</span>
            <Age since={item.at} className="data ml-auto shrink-0 text-xs text-faint" />
          </span>
          <span className="block truncate text-sm text-faint">
            {item.slug} · {visibleString(itemLine(item))}
          </span>
        </span>
      </a>
    </li>
  );
}

interface SectionProps {
  title: string;
  /** Whether the heading is seen; the list's name tells it in any case. */
  headed: boolean;
  items: readonly InboxItem[];
  current: string | null;
  aside?: ReactNode;
}

function Section({ title, headed, items, current, aside }: SectionProps) {
  if (headed && items.length === 0) return null;
  return (
    <>
      {headed ? (
        <div className="flex items-center px-4 pt-4 pb-1.5">
          <h2 className="heading">{title}</h2>
          {aside ? <span className="ml-auto">{aside}</span> : null}
        </div>
      ) : null}
      <ul aria-label={title} className={headed ? "border-t border-line" : ""}>
        {items.map((item) => (
          <Row key={`${item.kind} ${item.id}`} item={item} here={item.id === current} />
        ))}
      </ul>
    </>
  );
}

/** What to choose from: waiting first, then pushes that were refused, then history. */
export function InboxList({ lists, current, dismissAll }: { lists: InboxLists; current: string | null; dismissAll?: ReactNode }) {
  return (
    <>
      <Section title="Waiting for you" headed={false} items={lists.waiting} current={current} />
      {lists.waiting.length === 0 ? <p className="px-4 py-3 text-sm text-faint">Nothing waits for you.</p> : null}
      <Section title="Refused pushes" headed items={lists.refused} current={current} aside={dismissAll} />
      <Section title="Decided" headed items={lists.decided} current={current} />
    </>
  );
}
