import type { EgressDecision } from "#common/domain/decision.ts";
import { filterWords } from "#common/domain/decision-text.ts";
import type { MethodOutput } from "#common/ipc/contract.ts";
import type { KnownDecision } from "./decision-history.ts";

export interface DecisionQuery {
  /** All of its words must be there. */
  readonly text: string;
  readonly verdict: EgressDecision["verdict"] | null;
  /** Only older ones than this number. */
  readonly before: number | null;
  readonly limit: number;
}

/** Newest first; ends at the limit, and says how many it looked at. */
export function searchDecisions(
  known: readonly KnownDecision[],
  { text, verdict, before, limit }: DecisionQuery,
): MethodOutput<"decisions.search"> {
  const words = filterWords(text);
  const found: KnownDecision[] = [];
  let searched = 0;
  for (let index = endBefore(known, before) - 1; index >= 0; index--) {
    const entry = known[index];
    if (entry === undefined) break;
    if (found.length === limit) return { decisions: found.map(told), more: true, searched };
    searched++;
    if (verdict !== null && entry.decision.verdict !== verdict) continue;
    if (words.every((word) => entry.text.includes(word))) found.push(entry);
  }
  return { decisions: found.map(told), more: false, searched };
}

/** The place of the first entry that is not older. Numbers grow. */
function endBefore(known: readonly KnownDecision[], before: number | null): number {
  if (before === null) return known.length;
  let low = 0;
  let high = known.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((known[middle]?.seq ?? before) < before) low = middle + 1;
    else high = middle;
  }
  return low;
}

function told({ seq, decision }: KnownDecision): MethodOutput<"decisions.search">["decisions"][number] {
  return { seq, decision };
}
