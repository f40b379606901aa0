import type { RequestTarget } from "./request-target.ts";
import { parseRequestTarget } from "./request-target.ts";
import type { Route } from "./route.ts";

/** What a route is asked about one request; the same question for the proxy and for the panel's what-if. */
export interface RequestFacts {
  readonly method: string;
  /** Origin-form, as sent. */
  readonly target: string;
  readonly websocket: boolean;
}

export type RouteVerdict =
  | { readonly allowed: true; readonly target: RequestTarget }
  | {
      readonly allowed: false;
      readonly rule: "method" | "path" | "path-encoding" | "malformed-request" | "websocket";
      /** One sentence without a full stop. */
      readonly reason: string;
    };

// TRACE echoes the request, and so the injected credential, back to the agent; CONNECT would be a tunnel in the tunnel.
const NEVER_ALLOWED = new Set(["TRACE", "TRACK", "CONNECT"]);

/** Whether a route of the request's host lets it pass (EGR-2). */
export function matchRoute(route: Route, facts: RequestFacts): RouteVerdict {
  const outcome = parseRequestTarget(facts.target);
  if (outcome.kind === "refused") return { allowed: false, rule: outcome.rule, reason: outcome.reason };
  if (!methodAllowed(route, facts.method)) {
    return { allowed: false, rule: "method", reason: `the route of ${route.host} does not allow ${facts.method}` };
  }
  if (!pathAllowed(route.pathAllowlist, outcome.target.path)) {
    return { allowed: false, rule: "path", reason: `the route of ${route.host} does not allow this path` };
  }
  if (facts.websocket && !route.websocket) {
    return { allowed: false, rule: "websocket", reason: `the route of ${route.host} does not allow WebSocket` };
  }
  return { allowed: true, target: outcome.target };
}

function methodAllowed(route: Route, method: string): boolean {
  return !NEVER_ALLOWED.has(method) && (route.methods === null || route.methods.includes(method));
}

/** `/api/` allows what is below it; `/api` allows itself and what is below it. An empty list allows every path. */
export function pathAllowed(prefixes: readonly string[], path: string): boolean {
  return prefixes.length === 0 || prefixes.some((prefix) => underPrefix(prefix, path));
}

function underPrefix(prefix: string, path: string): boolean {
  if (!path.startsWith(prefix)) return false;
  return prefix.endsWith("/") || path.length === prefix.length || path[prefix.length] === "/";
}
