import { useState } from "react";
import type { MethodOutput } from "#common/ipc/contract.ts";
import type { RouteEdit } from "#common/ipc/proposal-methods.ts";
import { useCall } from "../bridge/use-call.ts";

type Preview = MethodOutput<"routes.preview">;

interface RoutePreview {
  preview: Preview | undefined;
  error: Error | null;
  computing: boolean;
  /** The live state that the operator has read. */
  seen: Preview | null;
  /** The same, when the live state is another now. */
  stale: Preview | null;
  acknowledge: () => void;
  again: () => void;
}

/** What an edit would do: one computation at a time, the newest next. Null while the edit is not complete: the last one stands. */
export function useRoutePreview(edit: RouteEdit | null): RoutePreview {
  const [asked, setAsked] = useState(edit);
  const wanted = edit ?? asked;
  const current = JSON.stringify(asked) === JSON.stringify(wanted);
  const { data, error, isPlaceholderData, isFetching, refetch } = useCall(
    "routes.preview",
    asked ?? { slug: "none-00000", routes: [], keptGrants: [] },
    { enabled: asked !== null, keepPrevious: true, forget: true },
  );
  if (!current && !isFetching) setAsked(wanted);
  const [seen, setSeen] = useState<Preview | null>(null);
  if (data && seen === null && !isFetching) setSeen(data);
  const stale = data && seen && data.liveRevision !== seen.liveRevision ? seen : null;
  return {
    preview: data,
    error,
    computing: isPlaceholderData || !current,
    seen,
    stale,
    acknowledge: () => setSeen(data ?? null),
    again: () => void refetch(),
  };
}
