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

interface HistoryBarProps {
  /** How many decisions the window holds. */
  held: number;
  shown: number;
  /** Newer ones that are not shown yet. */
  waiting: number;
  history: HistorySearch;
  onNewest: () => void;
}

/** Below the list: how much is shown, what came meanwhile, and the search over what is older than the window holds. */
export function HistoryBar({ held, shown, waiting, history, onNewest }: HistoryBarProps) {
  const { state, error } = history;
  return (
    <div className="flex min-h-9 shrink-0 flex-wrap items-center gap-x-3 border-t border-line bg-panel px-4 py-1 text-sm text-dim">
      <span role="status" aria-label="Shown">
        <span className="data">{formatCount(shown)}</span> shown
      </span>
      {waiting > 0 ? (
        <button type="button" className="text-accent underline-offset-2 hover:underline" onClick={onNewest}>
          {formatCount(waiting)} new
        </button>
      ) : null}
      {/* A window that is not full holds everything there is. */}
      {held < DECISIONS_KEPT ? null : (
        <>
          <span role="status" aria-label="History" className="ml-auto">
            {state === "idle" ? `of the newest ${plural(held, "decision")}; older ones are kept on disk` : words(history)}
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
        </>
      )}
      {error ? (
        <div className="basis-full">
          <FailureNote error={error} />
        </div>
      ) : null}
    </div>
  );
}
