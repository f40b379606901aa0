import { decisionText, filterWords } from "#common/domain/decision-text.ts";
import type { MethodOutput, TopicPayload } from "#common/ipc/contract.ts";

export type NumberedDecision = TopicPayload<"decisions">["decisions"][number];
export type Decision = NumberedDecision["decision"];
export type RouteView = MethodOutput<"routes.get">;
type RouteCount = RouteView["counts"][number];

/** Adds what arrived to what is known, each number once, newest kept. */
export function appendDecisions(
  known: readonly NumberedDecision[],
  arrived: readonly NumberedDecision[],
  limit: number,
): NumberedDecision[] {
  const last = known.at(-1)?.seq ?? Number.NEGATIVE_INFINITY;
  const fresh = arrived.filter((entry) => entry.seq > last);
  return [...known, ...fresh].slice(-limit);
}

function emptyCount(host: string): RouteCount {
  return { host, allowed: 0, refused: 0, bytesUp: 0, bytesDown: 0, lastAt: null };
}

function counted(count: RouteCount, { decision }: NumberedDecision): RouteCount {
  return {
    host: count.host,
    allowed: count.allowed + (decision.verdict === "allowed" ? 1 : 0),
    refused: count.refused + (decision.verdict === "refused" ? 1 : 0),
    bytesUp: count.bytesUp + decision.bytesUp,
    bytesDown: count.bytesDown + decision.bytesDown,
    lastAt: decision.time,
  };
}

/** The route counts after more decisions. */
export function countDecisions(view: RouteView, arrived: readonly NumberedDecision[]): RouteView {
  const counts = new Map(view.counts.map((count) => [count.host, count]));
  for (const entry of arrived)
    counts.set(entry.decision.host, counted(counts.get(entry.decision.host) ?? emptyCount(entry.decision.host), entry));
  return { ...view, counts: [...counts.values()] };
}

export interface DecisionFilter {
  text: string;
  verdict: "all" | "allowed" | "refused";
}

/** Entries do not change, so each is put together once however often the filter runs. */
const texts = new WeakMap<NumberedDecision, string>();

function textOf(entry: NumberedDecision): string {
  const known = texts.get(entry) ?? decisionText(entry.decision);
  texts.set(entry, known);
  return known;
}

/** The decisions a filter leaves, newest first. A failed request counts as refused: the agent did not get through. */
export function filterDecisions(decisions: readonly NumberedDecision[], filter: DecisionFilter): NumberedDecision[] {
  const words = filterWords(filter.text);
  const matches = (entry: NumberedDecision) =>
    (filter.verdict === "all" || (entry.decision.verdict === "allowed") === (filter.verdict === "allowed")) &&
    words.every((word) => textOf(entry).includes(word));
  return decisions.filter(matches).toReversed();
}
