import { OperatorError } from "#common/domain/operator-error.ts";
import type { Route } from "#common/domain/route.ts";
import { Route as RouteSchema } from "#common/domain/route.ts";
import { matchHost } from "#common/domain/table-match.ts";
import type { MethodInput, MethodOutput } from "#common/ipc/contract.ts";
import { pathPrefixFault } from "#common/manifest/path-prefix.ts";
import { routeHost } from "#common/manifest/route-host.ts";
import type { KnownDecision } from "./decision-history.ts";

type Replay = MethodOutput<"decisions.what-if">;
type Replayed = Replay["requests"][number];
type Asked = Omit<MethodInput<"decisions.what-if">, "slug">;

const MAX_SHOWN = 200;
/** Refusals that another route could have changed; all others lie in the request itself or in what is beyond the route. */
const ROUTE_RULES: ReadonlySet<string> = new Set(["route", "no-route", "method", "path", "websocket", "route-revoked"]);

/** Which past requests of its host such a route would have let through: the proxy's own matcher over what is on record (EGR-2). */
export function whatIf(known: readonly KnownDecision[], asked: Asked): Replay {
  const route = supposedRoute(asked);
  const groups = new Map<string, { readonly newest: KnownDecision; count: number }>();
  for (let index = known.length - 1; index >= 0; index--) {
    const entry = known[index];
    if (entry === undefined || entry.decision.host !== route.host || entry.decision.method === "CONNECT") continue;
    const { method, path, rule } = entry.decision;
    const key = `${method} ${path} ${ROUTE_RULES.has(rule) ? "" : rule}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { newest: entry, count: 1 });
    else group.count++;
  }
  const requests = [...groups.values()].map(({ newest, count }) => replayed(route, newest, count));
  return {
    allowed: total(requests.filter(({ allowed }) => allowed)),
    refused: total(requests.filter(({ allowed }) => !allowed)),
    requests: requests.slice(0, MAX_SHOWN),
  };
}

/** Spelled and checked as manifests and proposals are. */
function supposedRoute({ host, methods, pathAllowlist, websocket }: Asked): Route {
  const name = routeHost(host);
  if (!name.ok) throw wrong(name.reason);
  for (const prefix of pathAllowlist) {
    const fault = pathPrefixFault(prefix);
    if (fault !== null) throw wrong(`the path ${prefix} ${fault}`);
  }
  const parsed = RouteSchema.safeParse({ host: name.host, methods, pathAllowlist, websocket, origin: { kind: "operator" } });
  if (!parsed.success) throw wrong(parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`).join("; "));
  return parsed.data;
}

function wrong(message: string): OperatorError {
  return new OperatorError("bad-input", { message, hint: "A route is one host name, methods in capitals, and paths that begin with /" });
}

function replayed(route: Route, { decision }: KnownDecision, count: number): Replayed {
  const { time, method, path, verdict, rule, reason } = decision;
  if (verdict !== "allowed" && !ROUTE_RULES.has(rule)) return { time, method, path, count, allowed: false, reason };
  // Query values are blotted out on record; no rule looks at them, but the mark is not ASCII.
  const facts = { method, target: path.replaceAll("…", "x"), websocket: rule === "websocket" || decision.protocol === "websocket" };
  const matched = matchHost({ route, grants: [] }, facts, 0);
  if (matched.allowed) return { time, method, path, count, allowed: true, reason: `the route of ${route.host}` };
  return { time, method, path, count, allowed: false, reason: matched.verdict?.reason ?? `no route for ${route.host}` };
}

function total(requests: readonly Replayed[]): number {
  return requests.reduce((sum, { count }) => sum + count, 0);
}
