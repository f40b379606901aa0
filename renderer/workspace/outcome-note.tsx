import { Button } from "../ui/button.tsx";
import { plural } from "../ui/format.ts";
import { InertText } from "../ui/inert-text.tsx";
import type { Outcome } from "./use-changes.ts";

/** What was written, what was left as it is and why, and where the old content is. */
export function OutcomeNote({ outcome, hostPath, onDismiss }: { outcome: Outcome; hostPath: string; onDismiss: () => void }) {
  const { applied, skipped, backup } = outcome;
  return (
    <section
      role="status"
      aria-label="Brought back"
      className="flex shrink-0 items-start gap-3 border-b border-line bg-ok-ground px-4 py-2"
    >
      <div className="min-w-0 grow">
        <p className="font-medium break-words text-ok">
          {plural(applied.length, "change")} brought back to <span className="data break-all">{hostPath}</span>
        </p>
        {backup === null ? null : (
          <p className="text-dim">
            What was replaced is kept in <span className="data break-all select-text">{backup}</span>
          </p>
        )}
        {skipped.length > 0 ? (
          <details>
            <summary className="text-warn">{plural(skipped.length, "change")} left as they are</summary>
            <ul className="max-h-40 overflow-y-auto text-sm text-dim">
              {skipped.map(({ path, reason }) => (
                <li key={path} className="break-all">
                  <InertText text={`${path}: ${reason}`} />
                </li>
              ))}
            </ul>
          </details>
        ) : null}
      </div>
      <Button onClick={onDismiss}>Dismiss</Button>
    </section>
  );
}
