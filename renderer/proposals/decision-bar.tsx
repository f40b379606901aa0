import type { RefObject } from "react";
import { useId } from "react";
import { Button } from "../ui/button.tsx";
import { NoteField } from "../ui/note-field.tsx";
import type { Review } from "./use-review.ts";

interface DecisionBarProps {
  review: Review;
  note: string;
  setNote: (note: string) => void;
  noteField: RefObject<HTMLInputElement | null>;
  onEdit: () => void;
  onDecide: (verdict: "approve" | "reject") => void;
}

/** Approve, edit or reject, with a note the agent gets to read. */
export function DecisionBar({ review, note, setNote, noteField, onEdit, onDecide }: DecisionBarProps) {
  const reason = useId();
  return (
    <div className="flex flex-wrap items-center gap-2.5 border-t border-line bg-ground px-6 pt-3 pb-1.5">
      <Button
        variant="primary"
        hotkey="A"
        disabled={review.obstacle !== null || review.deciding}
        aria-describedby={reason}
        onClick={() => onDecide("approve")}
      >
        {review.draft ? "Approve edited" : "Approve"}
      </Button>
      <Button hotkey="E" aria-pressed={review.draft !== null} onClick={onEdit}>
        {review.draft ? "Discard edit" : "Edit"}
      </Button>
      <Button variant="danger" hotkey="R" disabled={review.deciding} onClick={() => onDecide("reject")}>
        Reject
      </Button>
      <NoteField note={note} onNote={setNote} field={noteField} />
      <p id={reason} role="status" className="min-h-4.5 w-full text-sm text-faint">
        {review.deciding ? "Applying, and waiting until it is live…" : review.obstacle}
      </p>
    </div>
  );
}
