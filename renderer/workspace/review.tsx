import { RefreshCw } from "lucide-react";
import { useState } from "react";
import type { WorkspaceChange, WorkspaceChanges } from "#common/ipc/workspace-methods.ts";
import { Button } from "../ui/button.tsx";
import { formatCount, plural } from "../ui/format.ts";
import { Segments } from "../ui/segments.tsx";
import { BringBackDialog } from "./bring-back-dialog.tsx";
import { ChangeDetail } from "./change-detail.tsx";
import { ChangeList } from "./change-list.tsx";
import type { StandingFilter } from "./choose-changes.ts";
import { allReady, choiceFacts, countStandings, filterChanges, toggled } from "./choose-changes.ts";
import { ComparisonNotes } from "./comparison-notes.tsx";
import { PatchDialog } from "./patch-dialog.tsx";
import type { Changes } from "./use-changes.ts";

interface FilterProps {
  changes: readonly WorkspaceChange[];
  text: string;
  standing: StandingFilter;
  onText: (text: string) => void;
  onStanding: (standing: StandingFilter) => void;
}

function Filter({ changes, text, standing, onText, onStanding }: FilterProps) {
  const counts = countStandings(changes);
  const options = [
    { value: "all", label: `All ${formatCount(changes.length)}` },
    { value: "ready", label: `Ready ${formatCount(counts.ready)}` },
    { value: "conflict", label: `Conflicts ${formatCount(counts.conflict)}` },
    { value: "refused", label: `Refused ${formatCount(counts.refused)}` },
  ] as const;
  return (
    <>
      <input
        type="search"
        aria-label="Filter changes"
        placeholder="Filter by path or change…"
        value={text}
        onChange={(event) => onText(event.target.value)}
        className="field w-52 min-w-0"
      />
      <Segments label="Which changes" options={options} value={standing} onChange={onStanding} />
    </>
  );
}

function Actions({ own, chosen, onDialog }: { own: Changes; chosen: number; onDialog: (which: "bring-back" | "patch") => void }) {
  return (
    <span className="ml-auto flex flex-wrap items-center gap-2">
      <Button icon={<RefreshCw size={13} aria-hidden="true" />} disabled={own.comparing} onClick={own.compare}>
        Compare again
      </Button>
      <Button onClick={() => onDialog("patch")}>Patch…</Button>
      <Button variant="primary" disabled={chosen === 0 || own.comparing} onClick={() => onDialog("bring-back")}>
        {`Bring back ${formatCount(chosen)}…`}
      </Button>
    </span>
  );
}

function Choice({ own, shown, chosen }: { own: Changes; shown: readonly WorkspaceChange[]; chosen: number }) {
  return (
    <div className="flex shrink-0 items-center gap-2 border-b border-line px-3 py-1.5 text-sm text-dim">
      <span>{plural(chosen, "change")} chosen</span>
      <Button variant="ghost" className="ml-auto h-6 px-2" onClick={() => own.setChosen(new Set([...own.chosen, ...allReady(shown)]))}>
        All that are ready
      </Button>
      <Button variant="ghost" className="h-6 px-2" onClick={() => own.setChosen(new Set())}>
        None
      </Button>
    </div>
  );
}

/** The changes of a comparison: read, chosen, brought back. */
export function Review({ slug, review, own }: { slug: string; review: WorkspaceChanges; own: Changes }) {
  const [text, setText] = useState("");
  const [standing, setStanding] = useState<StandingFilter>("all");
  const [active, setActive] = useState<string | null>(null);
  const [dialog, setDialog] = useState<"bring-back" | "patch" | null>(null);
  const shown = filterChanges(review.changes, text, standing);
  const selected = shown.find(({ path }) => path === active) ?? shown[0];
  const facts = choiceFacts(review.changes, own.chosen);
  const close = () => {
    setDialog(null);
    own.forgetApplyError();
  };
  return (
    <>
      <div className="flex shrink-0 flex-wrap items-center gap-2 border-b border-line px-4 py-2">
        <Filter changes={review.changes} text={text} standing={standing} onText={setText} onStanding={setStanding} />
        <Actions own={own} chosen={facts.paths.length} onDialog={setDialog} />
      </div>
      <div className="flex min-h-0 grow">
        <div className="flex w-[42%] max-w-120 min-w-64 shrink-0 flex-col border-r border-line">
          <Choice own={own} shown={shown} chosen={facts.paths.length} />
          {shown.length === 0 ? <p className="px-3 py-2 text-dim">Nothing matches.</p> : null}
          <ChangeList
            changes={shown}
            active={selected?.path ?? null}
            chosen={own.chosen}
            onActive={setActive}
            onToggle={(change) => own.setChosen(toggled(own.chosen, change))}
            onAll={() => own.setChosen(new Set([...own.chosen, ...allReady(shown)]))}
          />
          <ComparisonNotes review={review} />
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
