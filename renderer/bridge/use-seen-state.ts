import { useState } from "react";

interface SeenState<T> {
  /** As the operator has read it. */
  seen: T | null;
  /** The same, when the live state is another since. */
  stale: T | null;
  acknowledge: () => void;
}

/** Remembers against which live state the operator has read an answer, so that a decision never rests on one that was not. */
export function useSeenState<T extends { liveRevision: number }>(answer: T | undefined, settled: boolean): SeenState<T> {
  const [seen, setSeen] = useState<T | null>(null);
  // What is remembered of an earlier visit is shown at once, but it is not what the operator reads now.
  if (answer && seen === null && settled) setSeen(answer);
  const stale = answer && seen && answer.liveRevision !== seen.liveRevision ? seen : null;
  return { seen, stale, acknowledge: () => setSeen(answer ?? null) };
}
