import { Age } from "../ui/age.tsx";
import { Button } from "../ui/button.tsx";
import { InertText } from "../ui/inert-text.tsx";
import { visibleString } from "../ui/visible-text.ts";
import type { NumberedDecision } from "./decision-log.ts";
import { lastRefusals } from "./last-refusals.ts";
import { suggestRoute } from "./route-suggestion.ts";
import { useRouteEdit } from "./use-route-edit.ts";
import { VerdictSign } from "./verdict.tsx";

interface LastRefusalsProps {
  slug: string;
  decisions: readonly NumberedDecision[];
  onSelect: (seq: number) => void;
}

/** What the agent met last, each kind once, whatever the filter hides; with what can be done about it. */
export function LastRefusals({ slug, decisions, onSelect }: LastRefusalsProps) {
  const edit = useRouteEdit(slug);
  const last = lastRefusals(decisions, 3);
  if (last.length === 0) return null;
  return (
    <ul aria-label="Last refusals" className="border-b border-line py-0.5">
      {last.map(({ entry, times }) => {
        const suggestion = suggestRoute(entry.decision);
        const where = visibleString(entry.decision.host);
        return (
          <li key={entry.seq} className="flex h-8 items-center gap-2 px-4 text-sm">
            <button
              type="button"
              onClick={() => onSelect(entry.seq)}
              className="flex min-w-0 grow items-center gap-2 rounded-sm text-left hover:underline hover:underline-offset-2"
            >
              <VerdictSign verdict={entry.decision.verdict} />
              <span className="min-w-0 truncate">
                <InertText text={entry.decision.reason} />
              </span>
              <span className="ml-auto shrink-0 text-faint">
                {times > 1 ? `${times} times, last ` : ""}
                <Age since={entry.decision.time} /> ago
              </span>
            </button>
            {suggestion === null ? null : (
              <Button
                className="h-6! px-2!"
                aria-label={
                  suggestion.allowFinding === null
                    ? `Propose a route from this to ${where}…`
                    : `Let ${suggestion.allowFinding} pass on ${where}…`
                }
                onClick={() => edit(suggestion)}
              >
                {suggestion.allowFinding === null ? "Propose…" : "Let pass…"}
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
