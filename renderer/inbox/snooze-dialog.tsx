import type { FormEvent } from "react";
import { useRef, useState } from "react";
import { Button } from "../ui/button.tsx";
import { plural } from "../ui/format.ts";
import { Modal } from "../ui/modal.tsx";
import { fieldTime, inAnHour, timeOfField, tomorrowAtNine, wakeWords } from "./snooze-times.ts";

function OwnTime({ onUntil }: { onUntil: (until: Date) => void }) {
  const [text, setText] = useState(() => fieldTime(new Date(Date.now() + 3 * 3_600_000)));
  const [problem, setProblem] = useState<string | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const until = timeOfField(text, Date.now());
    if (until) onUntil(until);
    else setProblem("Choose a time that is still to come.");
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-center gap-2 border-t border-line pt-3">
      <label className="flex items-center gap-2 text-dim">
        Until
        <input
          type="datetime-local"
          value={text}
          aria-invalid={problem !== null}
          onChange={(event) => setText(event.target.value)}
          className="field data"
        />
      </label>
      <Button type="submit">Snooze until then</Button>
      <p role="status" className="min-h-4.5 w-full text-sm text-bad">
        {problem}
      </p>
    </form>
  );
}

interface SnoozeDialogProps {
  count: number;
  open: boolean;
  onClose: () => void;
  onUntil: (until: Date) => void;
}

/** Out of the way, and silent, until a time. The agent waits meanwhile. */
export function SnoozeDialog({ count, open, onClose, onUntil }: SnoozeDialogProps) {
  const first = useRef<HTMLButtonElement>(null);
  const now = Date.now();
  return (
    <Modal
      open={open}
      onClose={onClose}
      title={count === 1 ? "Snooze this proposal" : `Snooze ${plural(count, "proposal")}`}
      description="It stays open and comes back by itself. The agent is not told."
      width="max-w-md"
      initialFocus={first}
    >
      <div className="flex flex-col gap-3 px-5 pt-3 pb-4">
        <div className="flex flex-wrap gap-2">
          <Button ref={first} onClick={() => onUntil(inAnHour(Date.now()))}>
            1 hour
          </Button>
          <Button onClick={() => onUntil(tomorrowAtNine(Date.now()))}>Until {wakeWords(tomorrowAtNine(now).toISOString(), now)}</Button>
        </div>
        <OwnTime onUntil={onUntil} />
      </div>
    </Modal>
  );
}
