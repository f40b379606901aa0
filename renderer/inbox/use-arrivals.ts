import { useState } from "react";

/** What came since the inbox was opened and has not been looked at; null until the inbox is known. */
export function useArrivals(
  waiting: readonly string[] | null,
  opened: string | null,
): { fresh: readonly string[]; acknowledge: () => void } {
  const [seen, setSeen] = useState<ReadonlySet<string> | null>(null);
  if (waiting !== null && seen === null) setSeen(new Set(waiting));
  const fresh = waiting === null || seen === null ? [] : waiting.filter((id) => !seen.has(id));
  if (seen !== null && opened !== null && fresh.includes(opened)) setSeen(new Set([...seen, opened]));
  return { fresh, acknowledge: () => setSeen(new Set([...(seen ?? []), ...fresh])) };
}
