import { Plus } from "lucide-react";
import { useId, useState } from "react";
import type { RouteTable as LiveTable } from "#common/domain/route.ts";
import { useCall } from "../bridge/use-call.ts";
import type { RouteSuggestion } from "../egress/route-suggestion.ts";
import { ChangeCard } from "../proposals/change/change-view.tsx";
import { StaleNote } from "../proposals/stale-note.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { InertText } from "../ui/inert-text.tsx";
import { FailureNote } from "../ui/notes.tsx";
import { WarningList } from "../ui/warning-list.tsx";
import { GrantList } from "./grant-list.tsx";
import { RouteTable } from "./route-table.tsx";
import type { RouteEditorState } from "./use-route-editor.ts";
import { SUGGESTED, useRouteEditor } from "./use-route-editor.ts";

interface RouteEditorProps {
  slug: string;
  /** What it is opened for: a route that is missing, or a content rule that shall pass. */
  suggestion?: RouteSuggestion | null;
  /** Tells whether closing would lose something. */
  onTouched?: (touched: boolean) => void;
  onDone: () => void;
}

function Effect({ editor }: { editor: RouteEditorState }) {
  const { preview, stale, error, saveError } = editor;
  return (
    <>
      {saveError ? <FailureNote error={saveError} /> : null}
      {error ? <FailureNote error={error} /> : null}
      {stale && preview ? <StaleNote stale={stale} view={preview} onRead={editor.acknowledge} /> : null}
      {preview && editor.touched ? (
        <>
          <WarningList warnings={preview.warnings} />
          <ChangeCard
            title="What would change"
            before={preview.before}
            after={preview.after}
            language="yaml"
            label="Change of the routes"
          />
        </>
      ) : null}
    </>
  );
}

function SaveBar({ editor, onDone }: { editor: RouteEditorState; onDone: () => void }) {
  const [note, setNote] = useState("");
  const reason = useId();
  const { preview, touched } = editor;
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-2.5 rounded-b-lg border-t border-line bg-panel px-5 pt-3 pb-1.5">
      <p aria-live="polite" className="max-h-16 w-full overflow-y-auto font-semibold text-balance break-words empty:hidden">
        {preview && touched ? <InertText text={preview.sentence} /> : null}
      </p>
      <Button
        variant="primary"
        disabled={editor.obstacle !== null || editor.saving}
        aria-describedby={reason}
        onClick={() => editor.save(note, onDone)}
      >
        {editor.saving ? "Making it live…" : "Make it live"}
      </Button>
      <input
        aria-label="Note for the audit log"
        placeholder="Note for the audit log"
        maxLength={4000}
        value={note}
        onChange={(event) => setNote(event.target.value)}
        className="field min-w-40 grow"
      />
      <p id={reason} role="status" className="min-h-4.5 w-full text-sm text-faint">
        {editor.saving ? "Applying, and waiting until it is live…" : editor.obstacle}
      </p>
    </div>
  );
}

function OpenedEditor({ slug, opened, suggestion = null, onTouched, onDone }: RouteEditorProps & { opened: LiveTable }) {
  const editor = useRouteEditor(slug, opened, suggestion);
  const [open, setOpen] = useState<ReadonlySet<string>>(
    () => new Set(suggestion ? [opened.routes.some(({ host }) => host === suggestion.host) ? `live ${suggestion.host}` : SUGGESTED] : []),
  );
  const [told, setTold] = useState(false);
  if (told !== editor.touched) {
    setTold(editor.touched);
    onTouched?.(editor.touched);
  }
  const toggle = (key: string) => setOpen(open.has(key) ? new Set([...open].filter((each) => each !== key)) : new Set([...open, key]));
  return (
    <>
      <div className="mt-3 flex min-h-0 grow flex-col gap-3.5 overflow-y-auto border-t border-line px-5 py-4">
        <Card
          title="Routes"
          aside={
            <Button icon={<Plus size={14} aria-hidden="true" />} onClick={() => toggle(editor.add())}>
              Add route
            </Button>
          }
        >
          <RouteTable rows={editor.rows} open={open} onOpen={toggle} onChange={editor.change} onDrop={editor.drop} />
          {editor.rows.length === 0 ? <p className="px-3 py-2 text-faint">No routes: the bottle reaches nothing.</p> : null}
        </Card>
        <GrantList grants={editor.grants} revoked={editor.revoked} onToggle={editor.toggleGrant} />
        <Effect editor={editor} />
      </div>
      <SaveBar editor={editor} onDone={onDone} />
    </>
  );
}

/** The operator's own edit of a bottle's routes, with the same effect, warnings and audit as a proposal (SUP-6). */
export function RouteEditor(props: RouteEditorProps) {
  const { data, error } = useCall("routes.get", { slug: props.slug });
  if (error)
    return (
      <div className="p-5">
        <FailureNote error={error} />
      </div>
    );
  return data ? <OpenedEditor {...props} opened={data.table} /> : <div aria-busy="true" className="h-40" />;
}
