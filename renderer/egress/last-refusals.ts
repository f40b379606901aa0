import type { NumberedDecision } from "./decision-log.ts";

export interface LastRefusal {
  entry: NumberedDecision;
  /** How often the same was refused in what was looked at. */
  times: number;
}

/** How far back is looked: an agent that is refused in a loop must not make every row of the window count again and again. */
const LOOKED_AT = 500;

/** The newest refusals, newest first, each host and rule once. */
export function lastRefusals(decisions: readonly NumberedDecision[], wanted: number): LastRefusal[] {
  const found = new Map<string, LastRefusal>();
  for (const entry of decisions.slice(-LOOKED_AT).reverse()) {
    if (entry.decision.verdict !== "refused") continue;
    const kind = `${entry.decision.host} ${entry.decision.rule}`;
    const known = found.get(kind);
    if (known !== undefined) known.times += 1;
    else found.set(kind, { entry, times: 1 });
  }
  return [...found.values()].slice(0, wanted);
}
