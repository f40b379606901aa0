import { useMemo, useState } from "react";
import type { Proposal } from "#common/domain/proposal.ts";
import type { InboxItem } from "./inbox-items.ts";
import { isMarkable } from "./inbox-items.ts";

export interface Marks {
  /** What is marked and still waits, in the order it was marked. */
  readonly proposals: readonly Proposal[];
  readonly ids: ReadonlySet<string>;
  toggle: (id: string) => void;
  add: (ids: readonly string[]) => void;
  clear: () => void;
}

/** Several proposals, to be rejected or put off at once. What was decided meanwhile falls out by itself. */
export function useMarks(items: ReadonlyMap<string, InboxItem>): Marks {
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const proposals = useMemo(() => {
    const found = [...marked].map((id) => items.get(id));
    return found.flatMap((item) => (item && isMarkable(item) ? [item.proposal] : []));
  }, [marked, items]);
  const ids = useMemo(() => new Set(proposals.map(({ id }) => id)), [proposals]);
  return {
    proposals,
    ids,
    toggle: (id) => setMarked(ids.has(id) ? new Set([...ids].filter((each) => each !== id)) : new Set([...ids, id])),
    add: (more) => setMarked(new Set([...ids, ...more])),
    clear: () => setMarked(new Set()),
  };
}
