import { useEffect, useRef, useState } from "react";
import { call } from "../bridge/bridge.ts";
import type { DecisionFilter, NumberedDecision } from "./decision-log.ts";

/** Between two answers the panel shows how far it is. */
const PAGE = 500;
/** What one search adds at most; it can be gone on with. */
const MAX_FOUND = 5000;

interface Progress {
  /** Older than what the window holds, newest first. */
  found: readonly NumberedDecision[];
  searched: number;
  state: "idle" | "running" | "more" | "done";
  error: Error | null;
  /** Number before which the next page begins. */
  before: number | null;
}

export interface HistorySearch extends Omit<Progress, "before"> {
  /** From where the last one ended. */
  go: () => void;
  stop: () => void;
}

const nothing: Progress = { found: [], searched: 0, state: "idle", error: null, before: null };

/** Searches what is kept beyond the window, page by page; another filter begins anew. */
export function useHistorySearch(slug: string, filter: DecisionFilter, oldest: number | null): HistorySearch {
  const identity = `${slug} ${filter.verdict} ${filter.text}`;
  const [kept, setKept] = useState<{ identity: string; progress: Progress }>({ identity, progress: nothing });
  const run = useRef<object | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another filter ends the search that runs for this one
  useEffect(
    () => () => {
      run.current = null;
    },
    [identity],
  );
  const progress = kept.identity === identity ? kept.progress : nothing;
  const show = (next: Progress) => setKept({ identity, progress: next });

  const go = async () => {
    const own = {};
    run.current = own;
    const limit = progress.found.length + MAX_FOUND;
    let now: Progress = { ...progress, before: progress.before ?? oldest, state: "running", error: null };
    while (now.state === "running") {
      show(now);
      const next = await nextPage(slug, filter, now).catch(
        (error: unknown): Progress => ({ ...now, state: "more", error: error instanceof Error ? error : new Error(String(error)) }),
      );
      if (run.current !== own) return;
      now = next.state === "running" && next.found.length >= limit ? { ...next, state: "more" } : next;
    }
    show(now);
  };
  const stop = () => {
    run.current = null;
    show({ ...progress, state: "more" });
  };
  return { found: progress.found, searched: progress.searched, state: progress.state, error: progress.error, go: () => void go(), stop };
}

async function nextPage(slug: string, { text, verdict }: DecisionFilter, now: Progress): Promise<Progress> {
  const asked = { slug, text: text.slice(0, 200), verdict: verdict === "allowed" ? verdict : null, before: now.before, limit: PAGE };
  const page = await call("decisions.search", asked);
  // A failed request shows with the refused ones, which main tells apart.
  const found = verdict === "refused" ? page.decisions.filter(({ decision }) => decision.verdict !== "allowed") : page.decisions;
  return {
    found: [...now.found, ...found],
    searched: now.searched + page.searched,
    state: page.more ? "running" : "done",
    error: null,
    before: page.decisions.at(-1)?.seq ?? now.before,
  };
}
