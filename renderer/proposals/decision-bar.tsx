import type { RefObject } from "react";
import { useId } from "react";
import { Button } from "../ui/button.tsx";
import { NoteField } from "../ui/note-field.tsx";
import { ScopeChoice } from "./scope-choice.tsx";
import { scopeSentence } from "./scopes.ts";
import type { Review } from "./use-review.ts";

interface DecisionBarProps {
  review: Review;
  note: string;
  setNote: (note: string) => void;
  noteField: RefObject<HTMLInputElement | null>;
  onEdit: () => void;
}

function standing(review: Review): string {
  if (review.applying) return "It is being applied; the agent is told when it is live.";
  if (review.deciding) return "Applying, and waiting until it is live…";
  return review.obstacle ?? (review.scope ? scopeSentence(review.scope) : "");
}

/** How long, then approve, edit or reject, with a note the agent gets to read. */
export function DecisionBar({ review, note, setNote, noteField, onEdit }: DecisionBarProps) {
  const reason = useId();
  const { view, scope } = review;
  return (
    <div className="flex flex-wrap items-center gap-x-2.5 gap-y-2 border-t border-line bg-ground px-6 pt-2.5 pb-1.5">
      {view && scope && view.scopes.length > 1 ? (
        <div className="flex w-full items-center">
          <ScopeChoice offered={view.scopes} scope={scope} onScope={review.setScope} />
        </div>
      ) : null}
      <Button
        variant="primary"
        hotkey="A"
        disabled={review.obstacle !== null || review.deciding}
        aria-describedby={reason}
        onClick={() => review.approve(note)}
      >
        {review.draft ? "Approve edited" : "Approve"}
      </Button>
      <Button hotkey="E" aria-pressed={review.draft !== null} disabled={review.deciding} onClick={onEdit}>
        {review.draft ? "Discard edit" : "Edit"}
      </Button>
      <Button variant="danger" hotkey="R" disabled={review.deciding} onClick={() => review.reject(note)}>
        Reject
      </Button>
      <NoteField note={note} onNote={setNote} field={noteField} />
      <p id={reason} role="status" className="min-h-4.5 w-full text-sm text-faint">
        {standing(review)}
      </p>
    </div>
  );
}
