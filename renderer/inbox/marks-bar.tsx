import { Button } from "../ui/button.tsx";
import { formatCount } from "../ui/format.ts";

interface MarksBarProps {
  count: number;
  onReject: () => void;
  onSnooze: () => void;
  onClear: () => void;
}

/** What can be done with several at once; nothing where none is marked. */
export function MarksBar({ count, onReject, onSnooze, onClear }: MarksBarProps) {
  if (count === 0) return null;
  return (
    <section aria-label="Marked" className="flex flex-wrap items-center gap-1.5 border-t border-line bg-raised px-2 py-2">
      <span role="status" className="px-1">
        <b className="data font-semibold">{formatCount(count)}</b> marked
      </span>
      <span className="ml-auto flex min-w-0 flex-wrap gap-1.5">
        <Button variant="danger" hotkey="R" aria-haspopup="dialog" onClick={onReject}>
          Reject…
        </Button>
        <Button hotkey="S" aria-haspopup="dialog" onClick={onSnooze}>
          Snooze…
        </Button>
        <Button variant="ghost" className="px-2" onClick={onClear} aria-keyshortcuts="Escape">
          Clear
        </Button>
      </span>
    </section>
  );
}
