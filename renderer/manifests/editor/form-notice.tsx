import type { PlacedProblem } from "#common/ipc/manifest-methods.ts";
import { Button } from "../../ui/button.tsx";
import { InertText } from "../../ui/inert-text.tsx";
import { Note } from "../../ui/notes.tsx";
import type { DraftState } from "./draft.ts";

interface FormNoticeProps {
  state: DraftState;
  errors: readonly PlacedProblem[];
  jump: (line: number, column: number) => void;
}

function ReadOnly({ ofWorkspace }: { ofWorkspace: boolean }) {
  return (
    <div className="shrink-0 border-t border-line p-3">
      {ofWorkspace ? (
        <Note tone="warn" title="Read only: this file belongs to the workspace.">
          It is part of the project, so it is changed there, with the project's own tools. Duplicate it to have one of your own.
        </Note>
      ) : (
        <Note tone="warn" title="Read only: this file is a link that leads out of the home.">
          Edit it where it really is; the change shows here at once.
        </Note>
      )}
    </div>
  );
}

/** Why the form does nothing now; below it, so that nothing of it moves. */
export function FormNotice({ state, errors, jump }: FormNoticeProps) {
  const [first] = errors;
  if (!state.saved.writable) return <ReadOnly ofWorkspace={state.saved.workspace !== null} />;
  if (state.readable !== false) return null;
  return (
    <div className="shrink-0 border-t border-line p-3">
      <Note
        tone="bad"
        title="The form waits until the source can be read again."
        action={first ? <Button onClick={() => jump(first.line, first.column)}>Go to line {first.line}</Button> : null}
      >
        {first ? <InertText text={first.message} /> : "It shows what could be read last."}
      </Note>
    </div>
  );
}
