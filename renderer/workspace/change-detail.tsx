import type { WorkspaceChange } from "#common/ipc/workspace-methods.ts";
import { InertText } from "../ui/inert-text.tsx";
import { Note } from "../ui/notes.tsx";
import { PatchView } from "../ui/patch-view.tsx";
import { ChangeSize, StandingMark } from "./change-marks.tsx";

const sentences: Record<WorkspaceChange["change"], string> = {
  added: "New: it would be made in your folder.",
  changed: "Changed: it would replace yours.",
  removed: "Removed in the bottle: yours would be removed.",
  mode: "Same content; it would become executable, or not be any more.",
};

function noDiff({ binary, cut, change, kind }: WorkspaceChange): string | null {
  if (binary) return "Not text, so there is no diff. What you bring back is exactly what the bottle holds now, or nothing.";
  if (cut) return "Too large to compare by lines.";
  if (kind === "folder") return change === "removed" ? "An empty folder goes." : "An empty folder.";
  return change === "mode" ? null : "No line differs: it is empty.";
}

function Remarks({ change }: { change: WorkspaceChange }) {
  return (
    <>
      {change.refused === null ? null : (
        <Note tone="bad" title="This is never brought back">
          Because <InertText text={change.refused} />.
        </Note>
      )}
      {change.conflict ? (
        <Note tone="warn" title="Your file changed too since it was copied">
          Bringing this back replaces it. The diff is from your file as it is now; yours is kept in the backup.
        </Note>
      ) : null}
      {change.refused === null && change.warnings.length > 0 ? (
        <Note tone="warn" title="Read this one: your machine may run or obey it without being asked">
          <ul>
            {change.warnings.map((warning) => (
              <li key={warning}>
                <InertText text={warning} />
              </li>
            ))}
          </ul>
        </Note>
      ) : null}
    </>
  );
}

/** One change with its diff: from the host's file now to the bottle's. */
export function ChangeDetail({ change }: { change: WorkspaceChange }) {
  const words = change.patch === "" ? noDiff(change) : null;
  return (
    <section aria-label="Change" className="flex min-h-0 min-w-0 grow flex-col overflow-y-auto">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2">
        <h2 className="data min-w-0 font-semibold break-all">
          <InertText text={change.path} />
        </h2>
        <StandingMark change={change} />
        <ChangeSize change={change} />
        {change.refused === null ? <p className="basis-full text-sm text-dim">{sentences[change.change]}</p> : null}
      </header>
      <div className="flex flex-col gap-2 px-4 py-2 empty:hidden">
        <Remarks change={change} />
      </div>
      {change.patch === "" ? null : <PatchView patch={change.patch} label="Diff from your file to the bottle's" />}
      {words === null || change.refused !== null ? null : <p className="px-4 py-2 text-dim">{words}</p>}
      {change.cut && change.patch !== "" ? (
        <p className="border-t border-line px-4 py-2 text-warn">Only the beginning is shown. “Patch…” has all of it.</p>
      ) : null}
    </section>
  );
}
