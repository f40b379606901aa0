import { useState } from "react";
import type { ManifestSource } from "#common/ipc/manifest-methods.ts";
import { FailureNote } from "../../ui/notes.tsx";
import { Segments } from "../../ui/segments.tsx";
import { useGlobalKeys } from "../../ui/use-keys.ts";
import { FormContext } from "../form/form-scope.ts";
import { ManifestForm } from "../form/manifest-form.tsx";
import { SourcePane } from "../source/source-pane.tsx";
import { ConflictNote, GoneNote } from "./conflict-note.tsx";
import { EditorHeader } from "./editor-header.tsx";
import { EffectivePane } from "./effective-pane.tsx";
import { FormNotice } from "./form-notice.tsx";
import { ProblemList } from "./problem-list.tsx";
import { SaveAnyway } from "./save-anyway.tsx";
import { UnsavedGuard } from "./unsaved-guard.tsx";
import type { Editor } from "./use-editor.ts";
import { useEditor } from "./use-editor.ts";

const panes = [
  { value: "form", label: "Form" },
  { value: "effective", label: "What it becomes" },
] as const;

type Pane = (typeof panes)[number]["value"];

/** The file as fields, or what all of it amounts to. */
function MeaningSection({ editor }: { editor: Editor }) {
  const [pane, setPane] = useState<Pane>("form");
  const { scope, errors, checking, source, open } = editor;
  const title = panes.find(({ value }) => value === pane)?.label;
  return (
    <section aria-label={title} className="flex min-h-0 flex-col border-r border-line">
      <div className="flex h-10 shrink-0 items-center border-b border-line px-3">
        <Segments label="Left pane" options={panes} value={pane} onChange={setPane} />
      </div>
      <div tabIndex={pane === "effective" ? 0 : undefined} className="min-h-0 grow overflow-y-auto focus-visible:outline-offset-[-2px]">
        {pane === "form" ? (
          <FormContext value={scope}>
            <ManifestForm />
          </FormContext>
        ) : (
          <EffectivePane
            kind={scope.kind}
            values={scope.effective}
            file={scope.state.saved.file}
            stale={checking}
            broken={errors.length > 0}
            onOpen={open}
          />
        )}
      </div>
      <FormNotice state={scope.state} errors={errors} jump={(line, column) => source.current?.jump(line, column)} />
    </section>
  );
}

function SourceSection({ editor }: { editor: Editor }) {
  const { scope, problems, own, checking, knowledge, source, open } = editor;
  const { file, writable, name } = scope.state.saved;
  return (
    <section aria-label="Source" className="flex min-h-0 min-w-0 flex-col">
      <div className="flex h-10 shrink-0 items-center border-b border-line px-3 text-sm text-faint">
        <span className="data min-w-0 truncate" title={file}>
          {file}
        </span>
      </div>
      <SourcePane
        ref={source}
        file={`${name}.md`}
        text={scope.state.source}
        readOnly={!writable}
        problems={own}
        knowledge={knowledge}
        onType={(text) => scope.draft.type(text)}
      />
      <ProblemList problems={problems} file={file} checking={checking} onOpen={open} />
    </section>
  );
}

/** A manifest as form and source side by side, and what it becomes (MAN-7, MAN-9, MAN-10). */
export function ManifestEditor({ file: opened, line }: { file: ManifestSource; line: number | null }) {
  const editor = useEditor(opened, line);
  const [asking, setAsking] = useState(false);
  const [removed, setRemoved] = useState(false);
  const { scope, errors, listed } = editor;
  const { draft, state, name } = scope;
  const dirty = draft.dirty && !removed;
  const save = () => {
    if (!state.saved.writable || !dirty || state.saving || state.conflict) return;
    if (errors.length > 0) setAsking(true);
    else void draft.save();
  };
  useGlobalKeys({ "Mod+s": { when: () => true, run: save } });
  const saveAnyway = () => {
    setAsking(false);
    void draft.save();
  };
  return (
    <main className="flex min-h-0 min-w-0 flex-col [grid-area:main]">
      <EditorHeader draft={draft} state={state} dirty={dirty} listed={listed} onSave={save} onRemoved={() => setRemoved(true)} />
      <ConflictNote draft={draft} state={state} />
      {removed ? null : <GoneNote state={state} />}
      {state.failure ? (
        <div className="shrink-0 border-b border-line p-3">
          <FailureNote error={state.failure} />
        </div>
      ) : null}
      <div className="grid min-h-0 grow grid-cols-[minmax(19rem,11fr)_minmax(0,13fr)]">
        <MeaningSection editor={editor} />
        <SourceSection editor={editor} />
      </div>
      <SaveAnyway open={asking} name={name} errors={errors} onCancel={() => setAsking(false)} onSave={saveAnyway} />
      <UnsavedGuard name={name} dirty={dirty} errors={errors.length} onSave={() => draft.save()} onDiscard={() => draft.discard()} />
    </main>
  );
}
