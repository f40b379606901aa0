import type { EgressDecision } from "#common/domain/decision.ts";
import type { HostRoutes } from "#common/domain/table-match.ts";
import { matchHost } from "#common/domain/table-match.ts";
import type { MethodOutput } from "#common/ipc/contract.ts";

type Replay = MethodOutput<"decisions.what-if">;
type Replayed = Replay["requests"][number];
export type PastVerdict = Pick<Replayed, "allowed" | "reason">;

/** Refusals that another route could have changed; all others lie in the request itself or in what is beyond the route. */
const ROUTE_RULES: ReadonlySet<string> = new Set([
  "route",
  "no-route",
  "method",
  "path",
  "websocket",
  "route-revoked",
  "credential-missing",
]);

/** What routes would have meant for a request on record: the proxy's own matcher (EGR-2). */
export function judgePast(routes: HostRoutes, decision: EgressDecision, now: number): PastVerdict {
  const { method, path, verdict, rule, protocol } = decision;
  if (verdict !== "allowed" && !ROUTE_RULES.has(rule)) return { allowed: false, reason: decision.reason };
  // Query values are blotted out on record; no rule looks at them, but the mark is not ASCII.
  const facts = { method, target: path.replaceAll("…", "x"), websocket: rule === "websocket" || protocol === "websocket" };
  const outcome = matchHost(routes, facts, now);
  if (!outcome.allowed) return { allowed: false, reason: outcome.verdict?.reason ?? `no route for ${decision.host}` };
  return { allowed: true, reason: outcome.grant === null ? `the route of ${decision.host}` : "this grant" };
}

/** Requests that are alike once, with how often, newest first; each kind is judged once, however many there were. */
export function replayPast(decisions: readonly EgressDecision[], judge: (decision: EgressDecision) => PastVerdict, shown: number): Replay {
  const groups = new Map<string, { newest: EgressDecision; count: number }>();
  for (const decision of decisions) {
    // What was asked inside a tunnel is on record by itself.
    if (decision.method === "CONNECT") continue;
    const { method, path, verdict, rule, protocol = "", finding } = decision;
    const key = `${method} ${path} ${verdict} ${rule} ${protocol} ${finding?.rule ?? ""}`;
    const group = groups.get(key);
    groups.set(key, { newest: decision, count: (group?.count ?? 0) + 1 });
  }
  const requests = [...groups.values()]
    .map(({ newest, count }) => ({ ...judge(newest), time: newest.time, method: newest.method, path: newest.path, count }))
    .sort((a, b) => (a.time < b.time ? 1 : -1));
  return {
    allowed: total(requests.filter(({ allowed }) => allowed)),
    refused: total(requests.filter(({ allowed }) => !allowed)),
    requests: requests.slice(0, shown),
  };
}

function total(requests: readonly Replayed[]): number {
  return requests.reduce((sum, { count }) => sum + count, 0);
}
