import { RefreshCw } from "lucide-react";
import { useState } from "react";
import type { WorkspaceChanges } from "#common/ipc/workspace-methods.ts";
import { MAX_CHANGES_SHOWN } from "#common/ipc/workspace-methods.ts";
import { Button } from "../ui/button.tsx";
import { formatBytes, formatCount, plural } from "../ui/format.ts";
import { EmptyState, FailureNote } from "../ui/notes.tsx";
import { Segments } from "../ui/segments.tsx";
import { Shape } from "../ui/shape.tsx";
import { BringBackDialog } from "./bring-back-dialog.tsx";
import { ChangeDetail } from "./change-detail.tsx";
import { ChangeList } from "./change-list.tsx";
import type { StandingFilter } from "./choose-changes.ts";
import { allReady, choiceFacts, countStandings, filterChanges, toggled } from "./choose-changes.ts";
import { OutcomeNote } from "./outcome-note.tsx";
import { PatchDialog } from "./patch-dialog.tsx";
import type { Changes } from "./use-changes.ts";
import { useChanges } from "./use-changes.ts";

function Comparing({ own }: { own: Changes }) {
  const { progress } = own;
  const far = progress === null ? "" : ` ${formatCount(progress.entries)} entries, ${formatBytes(progress.bytes)} so far.`;
  return (
    <div role="status" className="flex shrink-0 items-center gap-3 border-b border-line px-4 py-2">
      <Shape status="starting" />
      <span>
        Comparing the bottle's workspace with your folder.<span className="data text-dim">{far}</span>
      </span>
      <Button className="ml-auto" onClick={own.cancel}>
        Cancel
      </Button>
    </div>
  );
}

function Nothing({ own }: { own: Changes }) {
  const again = <Button onClick={own.compare}>{own.cancelled ? "Compare" : "Compare again"}</Button>;
  if (own.comparing) return null;
  if (own.error)
    return (
      <div className="p-4">
        <FailureNote error={own.error} action={again} />
      </div>
    );
  if (own.cancelled)
    return (
      <EmptyState title="The comparison was cancelled" actions={again}>
        It reads the bottle's whole workspace, and changes nothing on either side.
      </EmptyState>
    );
  return (
    <EmptyState title="Nothing changed" actions={again}>
      The bottle's workspace is the same as your folder. What the agent writes there shows here, and nothing of it reaches your folder
      before you bring it back.
    </EmptyState>
  );
}

function Notes({ review }: { review: WorkspaceChanges }) {
  const more = review.total - review.changes.length;
  const said =
    more > 0
      ? [`Only the first ${formatCount(MAX_CHANGES_SHOWN)} of ${formatCount(review.total)} changes are shown.`, ...review.notes]
      : review.notes;
  if (said.length === 0) return null;
  return (
    <ul aria-label="Not compared" className="shrink-0 border-t border-line px-3 py-2 text-sm text-dim">
      {said.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}

function Review({ slug, review, own }: { slug: string; review: WorkspaceChanges; own: Changes }) {
  const [text, setText] = useState("");
  const [standing, setStanding] = useState<StandingFilter>("all");
  const [active, setActive] = useState<string | null>(null);
  const [dialog, setDialog] = useState<"bring-back" | "patch" | null>(null);
  const shown = filterChanges(review.changes, text, standing);
  const selected = shown.find(({ path }) => path === active) ?? shown[0];
  const counts = countStandings(review.changes);
  const facts = choiceFacts(review.changes, own.chosen);
  const options = [
    { value: "all", label: `All ${formatCount(review.changes.length)}` },
    { value: "ready", label: `Ready ${formatCount(counts.ready)}` },
    { value: "conflict", label: `Conflicts ${formatCount(counts.conflict)}` },
    { value: "refused", label: `Refused ${formatCount(counts.refused)}` },
  ] as const;
  const close = () => {
    setDialog(null);
    own.forgetApplyError();
  };
  return (
    <>
      <div className="flex shrink-0 flex-wrap items-center gap-2 border-b border-line px-4 py-2">
        <input
          type="search"
          aria-label="Filter changes"
          placeholder="Filter by path or change…"
          value={text}
          onChange={(event) => setText(event.target.value)}
          className="field w-52 min-w-0"
        />
        <Segments label="Which changes" options={options} value={standing} onChange={setStanding} />
        <span className="ml-auto flex flex-wrap items-center gap-2">
          <Button icon={<RefreshCw size={13} aria-hidden="true" />} disabled={own.comparing} onClick={own.compare}>
            Compare again
          </Button>
          <Button onClick={() => setDialog("patch")}>Patch…</Button>
          <Button variant="primary" disabled={facts.paths.length === 0 || own.comparing} onClick={() => setDialog("bring-back")}>
            {`Bring back ${formatCount(facts.paths.length)}…`}
          </Button>
        </span>
      </div>
      <div className="flex min-h-0 grow">
        <div className="flex w-[42%] max-w-120 min-w-64 shrink-0 flex-col border-r border-line">
          <div className="flex shrink-0 items-center gap-2 border-b border-line px-3 py-1.5 text-sm text-dim">
            <span>{plural(facts.paths.length, "change")} chosen</span>
            <Button
              variant="ghost"
              className="ml-auto h-6 px-2"
              onClick={() => own.setChosen(new Set([...own.chosen, ...allReady(shown)]))}
            >
              All that are ready
            </Button>
            <Button variant="ghost" className="h-6 px-2" onClick={() => own.setChosen(new Set())}>
              None
            </Button>
          </div>
          {shown.length === 0 ? <p className="px-3 py-2 text-dim">Nothing matches.</p> : null}
          <ChangeList
            changes={shown}
            active={selected?.path ?? null}
            chosen={own.chosen}
            onActive={setActive}
            onToggle={(change) => own.setChosen(toggled(own.chosen, change))}
            onAll={() => own.setChosen(new Set([...own.chosen, ...allReady(shown)]))}
          />
          <Notes review={review} />
        </div>
        {selected ? <ChangeDetail key={selected.path} change={selected} /> : null}
      </div>
      <BringBackDialog
        open={dialog === "bring-back"}
        facts={facts}
        hostPath={review.hostPath}
        pending={own.applying}
        error={own.applyError}
        onConfirm={() => own.bringBack(close)}
        onClose={close}
      />
      {dialog === "patch" ? <PatchDialog slug={slug} digest={review.digest} onClose={close} /> : null}
    </>
  );
}

/** What the agent changed in its copy of the operator's folder, and the way of it back (ENV-4). */
export function ChangesTab({ slug }: { slug: string }) {
  const own = useChanges(slug);
  const { review, outcome } = own;
  return (
    <div className="flex min-h-0 grow flex-col">
      {own.comparing ? <Comparing own={own} /> : null}
      {outcome && review ? <OutcomeNote outcome={outcome} hostPath={review.hostPath} onDismiss={own.dismissOutcome} /> : null}
      {review && own.error ? (
        <div className="p-4">
          <FailureNote error={own.error} />
        </div>
      ) : null}
      {review && review.total > 0 ? <Review slug={slug} review={review} own={own} /> : <Nothing own={own} />}
      {review && review.total === 0 ? <Notes review={review} /> : null}
    </div>
  );
}

/** A bottle that nothing was copied into has nothing to bring back. */
export function NoWorkspace() {
  return (
    <EmptyState title="No workspace was copied">
      This bottle started without a folder of yours. Choose one at the next start, and what the agent changes in its copy shows here to be
      reviewed and brought back.
    </EmptyState>
  );
}
