import { useState } from "react";
import type { InboxRow } from "./inbox-rows.ts";

interface Held {
  readonly rows: readonly InboxRow[];
  readonly identity: string;
}

/** While `hold` is set every row stays where it is, so that nothing moves under the cursor; what a row says is current all the same. */
export function useHeldRows(latest: readonly InboxRow[], hold: boolean, identity: string): readonly InboxRow[] {
  const [held, setHeld] = useState<Held>({ rows: latest, identity });
  const released = !hold || held.identity !== identity;
  if (released && (held.rows !== latest || held.identity !== identity)) setHeld({ rows: latest, identity });
  return released ? latest : held.rows;
}
