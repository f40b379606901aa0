import { Button } from "../ui/button.tsx";
import { formatBytes, formatCount } from "../ui/format.ts";
import { EmptyState, FailureNote } from "../ui/notes.tsx";
import { Shape } from "../ui/shape.tsx";
import { ComparisonNotes } from "./comparison-notes.tsx";
import { OutcomeNote } from "./outcome-note.tsx";
import { Review } from "./review.tsx";
import type { Changes } from "./use-changes.ts";
import { useChanges } from "./use-changes.ts";

function Comparing({ own }: { own: Changes }) {
  const { progress } = own;
  const far = progress === null ? "" : ` ${formatCount(progress.entries)} entries, ${formatBytes(progress.bytes)} so far.`;
  return (
    <div role="status" className="flex shrink-0 items-center gap-3 border-b border-line px-4 py-2">
      <Shape status="starting" />
      <span>
        Comparing the bottle's workspace with your folder.<span className="data text-dim">{far}</span>
      </span>
      <Button className="ml-auto" onClick={own.cancel}>
        Cancel
      </Button>
    </div>
  );
}

function Nothing({ own }: { own: Changes }) {
  const again = <Button onClick={own.compare}>{own.cancelled ? "Compare" : "Compare again"}</Button>;
  if (own.comparing) return null;
  if (own.error)
    return (
      <div className="p-4">
        <FailureNote error={own.error} action={again} />
      </div>
    );
  if (own.cancelled)
    return (
      <EmptyState title="The comparison was cancelled" actions={again}>
        It reads the bottle's whole workspace, and changes nothing on either side.
      </EmptyState>
    );
  return (
    <EmptyState title="Nothing changed" actions={again}>
      The bottle's workspace is the same as your folder. What the agent writes there shows here, and nothing of it reaches your folder
      before you bring it back.
    </EmptyState>
  );
}

/** What the agent changed in its copy of the operator's folder, and the way of it back (ENV-4). */
export function ChangesTab({ slug }: { slug: string }) {
  const own = useChanges(slug);
  const { review, outcome } = own;
  return (
    <div className="flex min-h-0 grow flex-col">
      {own.comparing ? <Comparing own={own} /> : null}
      {outcome && review ? <OutcomeNote outcome={outcome} hostPath={review.hostPath} onDismiss={own.dismissOutcome} /> : null}
      {review && own.error ? (
        <div className="p-4">
          <FailureNote error={own.error} />
        </div>
      ) : null}
      {review && review.total > 0 ? <Review slug={slug} review={review} own={own} /> : <Nothing own={own} />}
      {review && review.total === 0 ? <ComparisonNotes review={review} /> : null}
    </div>
  );
}

/** A bottle that nothing was copied into has nothing to bring back. */
export function NoWorkspace() {
  return (
    <EmptyState title="No workspace was copied">
      This bottle started without a folder of yours. Choose one at the next start, and what the agent changes in its copy shows here to be
      reviewed and brought back.
    </EmptyState>
  );
}
