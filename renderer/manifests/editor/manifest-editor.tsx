import { useEffect, useRef, useState } from "react";
import type { ManifestSource } from "#common/ipc/manifest-methods.ts";
import { go, manifestView } from "../../app/location.ts";
import { useCall } from "../../bridge/use-call.ts";
import { FailureNote } from "../../ui/notes.tsx";
import { Segments } from "../../ui/segments.tsx";
import { useGlobalKeys } from "../../ui/use-keys.ts";
import { FormContext } from "../form/form-scope.ts";
import { ManifestForm } from "../form/manifest-form.tsx";
import { outlineOf } from "../source/frontmatter-outline.ts";
import { JsonSchema } from "../source/json-schema.ts";
import type { SourcePaneHandle } from "../source/source-pane.tsx";
import { SourcePane } from "../source/source-pane.tsx";
import { useKnownNames, useManifestFiles } from "../use-manifests.ts";
import { ConflictNote, GoneNote } from "./conflict-note.tsx";
import { EditorHeader } from "./editor-header.tsx";
import { EffectivePane } from "./effective-pane.tsx";
import { FormNotice } from "./form-notice.tsx";
import { manifestNameOf } from "./origin.ts";
import { problemsByPath } from "./placed-problems.ts";
import { ProblemList } from "./problem-list.tsx";
import { SaveAnyway } from "./save-anyway.tsx";
import { UnsavedGuard } from "./unsaved-guard.tsx";
import { useDraft } from "./use-draft.ts";

type LeftPane = "form" | "effective";

const panes = [
  { value: "form", label: "Form" },
  { value: "effective", label: "What it becomes" },
] as const;

function useSchema(kind: ManifestSource["kind"]): JsonSchema | null {
  const { data } = useCall("manifests.schema", { kind });
  const [parsed, setParsed] = useState<{ of: unknown; schema: JsonSchema | null }>({ of: undefined, schema: null });
  if (data !== undefined && parsed.of !== data) setParsed({ of: data, schema: JsonSchema.safeParse(data).data ?? null });
  return parsed.schema;
}

/** A manifest as form and source side by side, and what it becomes (MAN-7, MAN-9, MAN-10). */
export function ManifestEditor({ file: opened, line }: { file: ManifestSource; line: number | null }) {
  const { draft, state } = useDraft(opened);
  const { files } = useManifestFiles(opened.workspace);
  const names = useKnownNames();
  const schema = useSchema(opened.kind);
  const source = useRef<SourcePaneHandle>(null);
  const [pane, setPane] = useState<LeftPane>("form");
  const [asking, setAsking] = useState(false);
  const [removed, setRemoved] = useState(false);
  const { kind, name, file, writable } = state.saved;
  const problems = state.check?.problems ?? [];
  const own = problems.filter((problem) => problem.file === file);
  const errors = own.filter(({ severity }) => severity === "error");
  const dirty = draft.dirty && !removed;
  const checking = state.checkedSource !== state.source;

  const save = () => {
    if (!writable || !dirty || state.saving) return;
    if (errors.length > 0) setAsking(true);
    else void draft.save();
  };
  useGlobalKeys({ "Mod+s": { when: () => true, run: save } });

  useEffect(() => {
    if (line !== null) source.current?.jump(line);
  }, [line]);

  const open = (target: string, at: number, column = 1) => {
    if (target === file) return source.current?.jump(at, column);
    const listed = files.find((each) => each.file === target);
    if (listed) go(manifestView(listed.kind, listed.name, listed.workspace, at));
  };

  const scope = {
    kind,
    name,
    draft,
    state,
    outline: outlineOf(state.source),
    problems: problemsByPath(own, state.checkedSource ?? ""),
    effective: state.check?.effective ?? [],
    names,
    inert: !writable || state.readable === false,
    jump: (at: number) => source.current?.jump(at),
  };

  return (
    <main className="flex min-h-0 min-w-0 flex-col [grid-area:main]">
      <EditorHeader
        draft={draft}
        state={state}
        dirty={dirty}
        listed={files.find((each) => each.file === file)}
        onSave={save}
        onRemoved={() => setRemoved(true)}
      />
      <ConflictNote draft={draft} state={state} />
      {removed ? null : <GoneNote state={state} />}
      {state.failure ? (
        <div className="shrink-0 border-b border-line p-3">
          <FailureNote error={state.failure} />
        </div>
      ) : null}
      <div className="grid min-h-0 grow grid-cols-[minmax(19rem,11fr)_minmax(0,13fr)]">
        <section aria-label={pane === "form" ? "Form" : "What it becomes"} className="flex min-h-0 flex-col border-r border-line">
          <div className="flex h-10 shrink-0 items-center border-b border-line px-3">
            <Segments label="Left pane" options={panes} value={pane} onChange={setPane} />
          </div>
          <div tabIndex={pane === "effective" ? 0 : undefined} className="min-h-0 grow overflow-y-auto focus-visible:outline-offset-[-2px]">
            {pane === "form" ? (
              <FormContext value={scope}>
                <ManifestForm
                  notice={<FormNotice state={state} errors={errors} jump={(at, column) => source.current?.jump(at, column)} />}
                />
              </FormContext>
            ) : (
              <EffectivePane kind={kind} values={scope.effective} file={file} stale={checking} broken={errors.length > 0} onOpen={open} />
            )}
          </div>
        </section>
        <section aria-label="Source" className="flex min-h-0 min-w-0 flex-col">
          <div className="flex h-10 shrink-0 items-center gap-2 border-b border-line px-3 text-sm text-faint">
            <span className="data min-w-0 truncate" title={file}>
              {file}
            </span>
          </div>
          <SourcePane
            ref={source}
            file={`${manifestNameOf(file)}.md`}
            text={state.source}
            readOnly={!writable}
            problems={own}
            knowledge={{ schema, names }}
            onType={(text) => draft.type(text)}
          />
          <ProblemList problems={problems} file={file} checking={checking} onOpen={open} />
        </section>
      </div>
      <SaveAnyway
        open={asking}
        name={name}
        errors={errors}
        onCancel={() => setAsking(false)}
        onSave={() => {
          setAsking(false);
          void draft.save();
        }}
      />
      <UnsavedGuard name={name} dirty={dirty} errors={errors.length} onSave={() => draft.save()} onDiscard={() => draft.discard()} />
    </main>
  );
}
