import { DECISIONS_KEPT } from "../bridge/live-snapshots.ts";
import { Button } from "../ui/button.tsx";
import { formatCount, plural } from "../ui/format.ts";
import { FailureNote } from "../ui/notes.tsx";
import type { HistorySearch } from "./use-history-search.ts";

function words({ state, searched, found }: HistorySearch): string {
  const soFar = `searched ${formatCount(searched)} older, ${formatCount(found.length)} found`;
  if (state === "running") return `Searching… ${soFar}`;
  return state === "done" ? `All that is kept is searched: ${soFar}` : `Older ones are left: ${soFar}`;
}

/** Below the list: how far it reaches, and the search over what is older. */
export function HistoryBar({ held, history }: { held: number; history: HistorySearch }) {
  // A window that is not full holds everything there is.
  if (held < DECISIONS_KEPT) return null;
  const { state, error } = history;
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-3 border-t border-line bg-panel px-4 py-1.5 text-sm text-dim">
      <span role="status" aria-label="History" className="min-w-0 grow">
        {state === "idle" ? `The newest ${plural(held, "decision")} are looked through. Older ones are kept on disk.` : words(history)}
      </span>
      {state === "running" ? (
        <Button className="h-6.5!" onClick={history.stop}>
          Stop
        </Button>
      ) : null}
      {state === "idle" || state === "more" ? (
        <Button className="h-6.5!" hotkey="O" onClick={history.go}>
          {state === "idle" ? "Search older ones" : "Search on"}
        </Button>
      ) : null}
      {error ? (
        <div className="basis-full">
          <FailureNote error={error} />
        </div>
      ) : null}
    </div>
  );
}
