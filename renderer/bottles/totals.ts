import type { BottleSummary } from "#common/domain/bottle.ts";

export interface Totals {
  running: number;
  needYou: number;
  allowed: number;
  refused: number;
  unreachable: string[];
}

/** What the status bar counts over all bottles. */
export function totalsOf(bottles: readonly BottleSummary[]): Totals {
  const totals: Totals = { running: 0, needYou: 0, allowed: 0, refused: 0, unreachable: [] };
  for (const bottle of bottles) {
    if (bottle.state === "running") totals.running += 1;
    if (bottle.state === "running" && bottle.link === "lost") totals.unreachable.push(bottle.slug);
    totals.needYou += bottle.pending;
    totals.allowed += bottle.allowed;
    totals.refused += bottle.refused;
  }
  return totals;
}
