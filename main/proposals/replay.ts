import type { z } from "zod";
import type { EgressDecision } from "#common/domain/decision.ts";
import type { Route } from "#common/domain/route.ts";
import { matchRoute } from "#common/domain/route-match.ts";
import type { Replay as ReplaySchema } from "#common/ipc/proposal-methods.ts";

const MAX_SHOWN = 50;
/** Refusals that no route changes: the request itself was wrong. */
const ROUTE_RULES = new Set(["route", "no-route", "method", "path", "websocket", "route-revoked", "credential-missing"]);

type Replay = z.infer<typeof ReplaySchema>;
type Replayed = Replay["requests"][number];

/**
 * What the routes would have meant for what this bottle has asked of the host so far: the proxy's own matcher over recorded
 * requests. Query values are redacted there, which no rule looks at.
 */
export function replay(routes: readonly Route[], host: string, decisions: readonly EgressDecision[]): Replay {
  const route = routes.find((each) => each.host === host);
  const groups = new Map<string, Replayed>();
  for (const decision of decisions) {
    if (decision.host !== host || decision.method === "CONNECT") continue;
    const key = `${decision.method} ${decision.path} ${ROUTE_RULES.has(decision.rule)}`;
    const group = groups.get(key);
    groups.set(key, {
      ...verdict(route, decision),
      time: decision.time,
      method: decision.method,
      path: decision.path,
      count: (group?.count ?? 0) + 1,
    });
  }
  const requests = [...groups.values()].sort((a, b) => (a.time < b.time ? 1 : -1));
  return {
    allowed: total(requests.filter(({ allowed }) => allowed)),
    refused: total(requests.filter(({ allowed }) => !allowed)),
    requests: requests.slice(0, MAX_SHOWN),
  };
}

function verdict(route: Route | undefined, decision: EgressDecision): Pick<Replayed, "allowed" | "reason"> {
  if (decision.verdict === "refused" && !ROUTE_RULES.has(decision.rule)) return { allowed: false, reason: decision.reason };
  if (route === undefined) return { allowed: false, reason: `no route for ${decision.host}` };
  const matched = matchRoute(route, {
    method: decision.method,
    target: decision.path.replaceAll("…", "x"),
    websocket: decision.rule === "websocket",
  });
  return matched.allowed ? { allowed: true, reason: `the route of ${route.host}` } : { allowed: false, reason: matched.reason };
}

function total(requests: readonly Replayed[]): number {
  return requests.reduce((sum, { count }) => sum + count, 0);
}
