import { DiffView } from "../../proposals/diff-view.tsx";
import { Button } from "../../ui/button.tsx";
import { Note } from "../../ui/notes.tsx";
import type { DraftState, ManifestDraft } from "./draft.ts";

/** The file changed elsewhere while it was edited here: both are shown before either is lost. */
export function ConflictNote({ draft, state }: { draft: ManifestDraft; state: DraftState }) {
  if (!state.conflict) return null;
  return (
    <section aria-label="Changed on disk" className="shrink-0 border-b border-line p-3">
      <Note
        tone="warn"
        title="This file was changed elsewhere while you edited it."
        action={
          <div className="flex flex-wrap justify-end gap-2">
            <Button onClick={() => draft.takeTheirs()}>Take the one on disk</Button>
            <Button variant="primary" onClick={() => draft.keepMine()}>
              Keep mine
            </Button>
          </div>
        }
      >
        Nothing is overwritten until you choose. “Keep mine” lets you go on; saving then replaces what is on disk.
      </Note>
      <details className="mt-2 rounded-lg border border-line bg-panel [&_ol]:max-h-none" open>
        <summary className="px-3 py-1.5 text-dim">What yours would change of the one on disk</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keyboard */}
        <div tabIndex={0} className="max-h-[26vh] overflow-y-auto focus-visible:outline-offset-[-2px]">
          <DiffView before={state.conflict.source} after={state.source} label="Yours against the file on disk" />
        </div>
      </details>
    </section>
  );
}

export function GoneNote({ state }: { state: DraftState }) {
  if (!state.gone) return null;
  return (
    <div className="shrink-0 border-b border-line p-3">
      <Note tone="warn" title="This file was deleted.">
        Saving writes it again; leaving lets it go.
      </Note>
    </div>
  );
}
