import { Plus } from "lucide-react";
import { useDeferredValue, useEffect, useRef, useState } from "react";
import type { ManifestFile, ManifestFiles, ManifestKind } from "#common/ipc/manifest-methods.ts";
import { replaceView } from "../app/location.ts";
import { call } from "../bridge/bridge.ts";
import { Button } from "../ui/button.tsx";
import { formatCount, plural } from "../ui/format.ts";
import { EmptyState, FailureNote } from "../ui/notes.tsx";
import { Segments } from "../ui/segments.tsx";
import { useKeys } from "../ui/use-keys.ts";
import { DeleteDialog } from "./delete-dialog.tsx";
import type { ShownKind } from "./filter-manifests.ts";
import { filterManifests, inListOrder } from "./filter-manifests.ts";
import { ManifestList } from "./manifest-list.tsx";
import { NewManifestDialog } from "./new-manifest-dialog.tsx";
import { ProblemLines } from "./problem-lines.tsx";
import { useManifestFiles } from "./use-manifests.ts";
import { WorkspaceChoice } from "./workspace-choice.tsx";

type Dialog =
  | { name: "none" }
  | { name: "new"; kind: ManifestKind; copyOf?: { name: string; source: string } }
  | { name: "delete"; manifest: ManifestFile };

function counted(files: readonly ManifestFile[]) {
  const of = (shown: ShownKind) => formatCount(filterManifests(files, "", shown).length);
  return [
    { value: "all", label: "All" },
    { value: "bottle", label: `Bottles ${of("bottle")}` },
    { value: "agent", label: `Agents ${of("agent")}` },
    { value: "problems", label: `Problems ${of("problems")}` },
  ] as const;
}

/** Problems of what is no manifest: a legacy file, a skipped name. */
function Elsewhere({ problems }: { problems: ManifestFiles["elsewhere"] }) {
  if (problems.length === 0) return null;
  return (
    <details className="shrink-0 border-b border-line px-4 py-1.5" open={problems.length < 4}>
      <summary className="text-sm text-dim">{plural(problems.length, "other file needs a look", "other files need a look")}</summary>
      <ul className="flex max-h-56 flex-col gap-2 overflow-y-auto pt-2 pb-1">
        {problems.map((problem) => (
          <li key={`${problem.file} ${problem.line} ${problem.message}`}>
            <ProblemLines problem={problem} place={`${problem.file}:${problem.line}`} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function NothingListed({ filtered, onNew }: { filtered: boolean; onNew: (kind: ManifestKind) => void }) {
  if (filtered) return <EmptyState title="Nothing matches">Other words, or another kind, show other files.</EmptyState>;
  return (
    <EmptyState
      title="No manifests yet"
      actions={
        <>
          <Button variant="primary" onClick={() => onNew("bottle")}>
            New bottle
          </Button>
          <Button onClick={() => onNew("agent")}>New agent</Button>
        </>
      }
    >
      A bottle is a file that says what may be done in it. An agent is a file that says who works in which bottle. Begin with a bottle; the
      templates work as they are.
    </EmptyState>
  );
}

/** Every bottle and agent that is defined, and what is wrong beside the file it concerns (MAN-9). */
export function ManifestsView({ create: wanted, workspace }: { create: ManifestKind | null; workspace: string | null }) {
  const { files, elsewhere, known, error } = useManifestFiles(workspace);
  const [text, setText] = useState("");
  const [shown, setShown] = useState<ShownKind>("all");
  const [opened, setDialog] = useState<Dialog>({ name: "none" });
  const dialog: Dialog = wanted ? { name: "new", kind: wanted } : opened;
  const search = useRef<HTMLInputElement>(null);
  const filter = useDeferredValue(text);
  const listed = inListOrder(filterManifests(files, filter, shown));
  const close = () => {
    setDialog({ name: "none" });
    if (wanted) replaceView({ name: "manifests", ...(workspace === null ? {} : { workspace }) });
  };
  const create = (kind: ManifestKind) => setDialog({ name: "new", kind });
  useKeys({ "/": () => search.current?.focus(), b: () => create("bottle"), a: () => create("agent") });
  // The editor is most likely next; what it needs is loaded while the operator reads.
  useEffect(() => void import("./editor/manifest-editor.tsx"), []);
  const duplicate = async ({ kind, name, workspace }: ManifestFile) => {
    const { source } = await call("manifests.read", { kind, name, workspace });
    setDialog({ name: "new", kind, copyOf: { name, source } });
  };
  return (
    <main className="flex min-h-0 min-w-0 flex-col [grid-area:main]">
      <header className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-3 gap-y-1.5 border-b border-line px-4 py-1.5">
        <h1 className="text-lg font-semibold">Manifests</h1>
        <input
          ref={search}
          type="search"
          aria-label="Filter manifests"
          aria-keyshortcuts="/"
          placeholder="Filter by name, bottle, text, error…"
          value={text}
          onChange={(event) => setText(event.target.value)}
          className="field w-64 min-w-0"
        />
        <WorkspaceChoice
          workspace={workspace}
          onChange={(next) => replaceView({ name: "manifests", ...(next === null ? {} : { workspace: next }) })}
        />
        <Segments label="Kind" options={counted(files)} value={shown} onChange={setShown} />
        <div className="ml-auto flex items-center gap-2">
          <Button hotkey="B" icon={<Plus size={13} aria-hidden="true" />} onClick={() => create("bottle")}>
            New bottle
          </Button>
          <Button hotkey="A" icon={<Plus size={13} aria-hidden="true" />} onClick={() => create("agent")}>
            New agent
          </Button>
        </div>
      </header>
      {error ? (
        <div className="p-4">
          <FailureNote error={error} />
        </div>
      ) : null}
      <Elsewhere problems={elsewhere} />
      {known && listed.length === 0 ? <NothingListed filtered={files.length > 0} onNew={create} /> : null}
      {listed.length > 0 ? (
        <ManifestList
          files={listed}
          onDuplicate={(manifest) => void duplicate(manifest)}
          onDelete={(manifest) => setDialog({ name: "delete", manifest })}
        />
      ) : null}
      <NewManifestDialog
        open={dialog.name === "new"}
        kind={dialog.name === "new" ? dialog.kind : "bottle"}
        {...(dialog.name === "new" && dialog.copyOf ? { copyOf: dialog.copyOf } : {})}
        onClose={close}
      />
      <DeleteDialog manifest={dialog.name === "delete" ? dialog.manifest : null} onClose={close} onDeleted={close} />
    </main>
  );
}
