import { OperatorError } from "#common/domain/operator-error.ts";
import type { Route } from "#common/domain/route.ts";
import { Route as RouteSchema } from "#common/domain/route.ts";
import type { MethodInput, MethodOutput } from "#common/ipc/contract.ts";
import { pathPrefixFault } from "#common/manifest/path-prefix.ts";
import { routeHost } from "#common/manifest/route-host.ts";
import type { KnownDecision } from "./decision-history.ts";
import { judgePast, replayPast } from "./past-requests.ts";

type Asked = Omit<MethodInput<"decisions.what-if">, "slug">;

const MAX_SHOWN = 200;
/** Which past requests of its host such a route would have let through (EGR-2). */
export function whatIf(known: readonly KnownDecision[], asked: Asked): MethodOutput<"decisions.what-if"> {
  const route = supposedRoute(asked);
  const decisions = known.filter(({ decision }) => decision.host === route.host).map(({ decision }) => decision);
  return replayPast(decisions, (decision) => judgePast({ route, grants: [] }, decision, 0), MAX_SHOWN);
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
