import type { RefObject } from "react";
import { Kbd } from "./kbd.tsx";

interface NoteFieldProps {
  note: string;
  onNote: (note: string) => void;
  /** For the key that leads here. */
  field: RefObject<HTMLInputElement | null>;
}

/** What the operator tells the agent with a decision; Escape leaves it, so that the single keys work again. */
export function NoteField({ note, onNote, field }: NoteFieldProps) {
  return (
    <label className="flex min-w-60 grow items-center gap-2">
      <span className="sr-only">Note to the agent</span>
      <input
        ref={field}
        value={note}
        maxLength={4000}
        onChange={(event) => onNote(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
        placeholder="Note to the agent"
        className="field min-w-0 grow"
      />
      <Kbd>.</Kbd>
    </label>
  );
}
