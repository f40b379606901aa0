import type { Proposal } from "#common/domain/proposal.ts";
import { formatMoment } from "../ui/format.ts";
import { InertText } from "../ui/inert-text.tsx";
import { FailureNote, Note } from "../ui/notes.tsx";
import { HostileLines } from "./hostile-lines.tsx";
import type { Review } from "./use-review.ts";

const SHOWN = 40;

/** Why the last decision did not come about; the proposal is open still. */
export function FailedAttempt({ proposal, review }: { proposal: Proposal; review: Review }) {
  const { failure } = proposal;
  if (!review.decisionError && !failure) return null;
  const log = review.lastLog.slice(-SHOWN);
  return (
    <>
      {review.decisionError ? (
        <FailureNote error={review.decisionError} />
      ) : failure ? (
        <Note tone="bad" title={`It could not be applied at ${formatMoment(failure.at)}, and is open still`}>
          <span className="data text-sm whitespace-pre-wrap">
            <InertText text={failure.message} />
          </span>
        </Note>
      ) : null}
      {log.length > 0 ? (
        <section aria-label="How the build ended" className="shrink-0 overflow-hidden rounded-lg border border-line bg-panel">
          <HostileLines lines={log} label="End of the build log" />
        </section>
      ) : null}
    </>
  );
}
