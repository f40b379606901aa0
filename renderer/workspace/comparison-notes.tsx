import type { WorkspaceChanges } from "#common/ipc/workspace-methods.ts";
import { MAX_CHANGES_SHOWN } from "#common/ipc/workspace-methods.ts";
import { formatCount } from "../ui/format.ts";

/** What was left out of a comparison, and why. */
export function ComparisonNotes({ review }: { review: WorkspaceChanges }) {
  const more = review.total - review.changes.length;
  const said =
    more > 0
      ? [`Only the first ${formatCount(MAX_CHANGES_SHOWN)} of ${formatCount(review.total)} changes are shown.`, ...review.notes]
      : review.notes;
  if (said.length === 0) return null;
  return (
    <ul aria-label="Not compared" className="shrink-0 border-t border-line px-3 py-2 text-sm text-dim">
      {said.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}
