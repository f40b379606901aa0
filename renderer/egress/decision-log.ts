import type { MethodOutput, TopicPayload } from "#common/ipc/contract.ts";

export type NumberedDecision = TopicPayload<"decisions">["decisions"][number];
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

/** The decisions a filter leaves, newest first. A failed request counts as refused: the agent did not get through. */
export function filterDecisions(decisions: readonly NumberedDecision[], filter: DecisionFilter): NumberedDecision[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = ({ decision }: NumberedDecision) => {
    if (filter.verdict !== "all" && (decision.verdict === "allowed") !== (filter.verdict === "allowed")) return false;
    const text =
      `${decision.method} ${decision.host}${decision.path} ${decision.rule} ${decision.status ?? ""} ${decision.tokenRef ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return decisions.filter(matches).toReversed();
}

export interface CredentialUse {
  tokenRef: string;
  hosts: string[];
  uses: number;
  lastAt: string | null;
}

/** Which credentials the live routes carry and how often they were injected in the decisions known here. */
export function credentialsInUse(view: RouteView, decisions: readonly NumberedDecision[]): CredentialUse[] {
  const uses = new Map<string, CredentialUse>();
  for (const { auth, host } of view.table.routes) {
    if (!auth) continue;
    const known = uses.get(auth.tokenRef);
    if (known) known.hosts.push(host);
    else uses.set(auth.tokenRef, { tokenRef: auth.tokenRef, hosts: [host], uses: 0, lastAt: null });
  }
  for (const { decision } of decisions) {
    const use = decision.tokenRef ? uses.get(decision.tokenRef) : undefined;
    if (!use) continue;
    use.uses += 1;
    use.lastAt = decision.time;
  }
  return [...uses.values()];
}
