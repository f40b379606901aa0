import { useRef } from "react";

/** While `hold` is set the list stays as it was, so that nothing moves under the cursor; `waiting` counts what is not shown yet. */
export function useHeldList<T extends { seq: number }>(
  latest: readonly T[],
  hold: boolean,
  identity: string,
): { shown: readonly T[]; waiting: number } {
  const held = useRef({ list: latest, identity });
  if (!hold || held.current.identity !== identity) held.current = { list: latest, identity };
  const shown = held.current.list;
  const newest = shown[0]?.seq ?? Number.NEGATIVE_INFINITY;
  return { shown, waiting: shown === latest ? 0 : latest.filter((entry) => entry.seq > newest).length };
}
