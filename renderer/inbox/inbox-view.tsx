import { useEffect, useState } from "react";
import { replaceView } from "../app/location.ts";
import { formatCount, plural } from "../ui/format.ts";
import { Pill } from "../ui/tag.tsx";
import { DetailPane, OpenedItem } from "./inbox-detail.tsx";
import { isFiltered } from "./inbox-filter.ts";
import { isMarkable } from "./inbox-items.ts";
import { InboxList } from "./inbox-list.tsx";
import { InboxToolbar, NothingMatches } from "./inbox-toolbar.tsx";
import { MarksBar } from "./marks-bar.tsx";
import { RejectManyDialog } from "./reject-many-dialog.tsx";
import { SnoozeDialog } from "./snooze-dialog.tsx";
import { useInboxKeys } from "./use-inbox-keys.ts";
import type { InboxState } from "./use-inbox-state.ts";
import { useInboxState } from "./use-inbox-state.ts";
import { useSnooze } from "./use-snooze.ts";

function Header({ inbox }: { inbox: InboxState }) {
  const { fresh, acknowledge } = inbox.arrivals;
  const first = fresh[0];
  const show = () => {
    acknowledge();
    if (first) inbox.cursor.open(first);
  };
  return (
    <header className="flex h-11 shrink-0 items-center gap-2.5 border-b border-line px-4">
      <h1 className="text-lg font-semibold">Inbox</h1>
      <Pill>all bottles</Pill>
      {first ? (
        <button
          type="button"
          onClick={show}
          className="data ml-auto h-5.5 rounded-full bg-accent px-2.5 text-sm font-semibold text-on-accent"
        >
          {formatCount(fresh.length)} new
        </button>
      ) : null}
    </header>
  );
}

function ListColumn({ inbox, children }: { inbox: InboxState; children: React.ReactNode }) {
  const { rows, items, lists, filter, cursor, marks, list, pane, search } = inbox;
  const enter = () => pane.current?.querySelector<HTMLElement>("article")?.focus();
  return (
    <div className="flex min-h-0 min-w-0 flex-col border-r border-line bg-panel">
      <Header inbox={inbox} />
      <InboxToolbar
        filter={filter}
        choices={inbox.choices}
        search={search}
        onFilter={inbox.setFilter}
        onLeave={() => list.current?.focus()}
      />
      {lists.waiting.length === 0 && !isFiltered(filter) && (filter.status === "all" || filter.status === "waiting") ? (
        <p className="px-4 py-3 text-sm text-faint">Nothing waits for you.</p>
      ) : null}
      {rows.length === 0 && isFiltered(filter) ? <NothingMatches onFilter={inbox.setFilter} /> : null}
      {rows.length > 0 ? (
        <InboxList
          rows={rows}
          items={items}
          label="Inbox"
          active={cursor.active}
          marked={marks.ids}
          list={list}
          onStep={cursor.step}
          onOpen={cursor.open}
          onEnter={(id) => {
            cursor.open(id);
            enter();
          }}
          onMark={marks.toggle}
          onMarkTo={(id) => marks.add(cursor.between(cursor.active, id))}
          onHover={inbox.setHovered}
        />
      ) : null}
      {children}
    </div>
  );
}

/** Every bottle's proposals and pushes in one place (SUP-4, GIT-6). */
export function InboxView({ id }: { id: string | null }) {
  const inbox = useInboxState(id);
  const { lists, items, cursor, marks, list } = inbox;
  const [dialog, setDialog] = useState<"reject" | "snooze" | null>(null);
  const [outcome, setOutcome] = useState("");
  const { snooze, undo } = useSnooze(setOutcome);
  const current = cursor.opened === null ? undefined : items.get(cursor.opened);
  const put = marks.proposals.length > 0 ? marks.proposals : current && isMarkable(current) ? [current.proposal] : [];

  const openSnooze = () => (put.length > 0 ? setDialog("snooze") : setOutcome("Only a proposal that waits can be snoozed."));
  useInboxKeys({ ...inbox, onSnooze: openSnooze, onUndo: undo, onRejectMarked: () => setDialog("reject") });

  const snoozeUntil = (until: Date) => {
    snooze(
      put.map((proposal) => proposal.id),
      until,
    );
    setDialog(null);
    marks.clear();
    if (marks.proposals.length === 0) cursor.step(1);
  };
  const rejected = (done: readonly string[], failed: readonly string[]) => {
    setOutcome(`${plural(done.length, "proposal")} rejected${failed.length > 0 ? `, ${failed.length} could not be` : ""}.`);
    if (failed.length === 0) setDialog(null);
  };

  // The one on screen stays there whatever happens to the list: a key pressed now must never decide another one.
  const first = id ? undefined : inbox.firstWaiting;
  useEffect(() => {
    if (first) replaceView({ name: "inbox", id: first });
  }, [first]);
  return (
    <main className="grid min-h-0 min-w-0 grid-cols-[clamp(15rem,25vw,21rem)_minmax(0,1fr)] [grid-area:main]">
      <ListColumn inbox={inbox}>
        <MarksBar count={marks.ids.size} onReject={() => setDialog("reject")} onSnooze={openSnooze} onClear={marks.clear} />
        <p role="status" className="sr-only">
          {inbox.arrivals.fresh.length > 0 ? `${plural(inbox.arrivals.fresh.length, "new entry", "new entries")} in the inbox` : ""}
        </p>
        <p role="status" aria-label="Outcome" className={outcome ? "border-t border-line px-3 py-1.5 text-sm text-dim" : "sr-only"}>
          {outcome}
        </p>
      </ListColumn>
      <DetailPane pane={inbox.pane} identity={`${cursor.opened} ${current && isMarkable(current)}`} onLeave={() => list.current?.focus()}>
        {cursor.opened === cursor.active ? (
          <OpenedItem item={current} id={id} known={inbox.known} lists={lists} onGone={() => cursor.step(1)} />
        ) : (
          <div aria-busy="true" className="grow" />
        )}
      </DetailPane>
      <SnoozeDialog count={put.length} open={dialog === "snooze"} onClose={() => setDialog(null)} onUntil={snoozeUntil} />
      <RejectManyDialog open={dialog === "reject"} proposals={marks.proposals} onClose={() => setDialog(null)} onDone={rejected} />
    </main>
  );
}
