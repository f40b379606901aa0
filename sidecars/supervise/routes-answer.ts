import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import type { Grant, Route, RouteTable } from "#common/domain/route.ts";
import { describeReach, limitText } from "./request-text.ts";
import { answer } from "./tool-answers.ts";

/** The live table as the agent may know it: neither token values nor their refs (EGR-8). */
export function routesAnswer({ revision, routes, grants }: RouteTable): CallToolResult {
  const lines = [...routes.map((route) => `- ${describeRoute(route)}`), ...grants.map((grant) => `- ${describeGrant(grant)}`)];
  const text = [
    `revision: ${revision}`,
    ...(lines.length === 0 ? ["No host is allowed."] : lines),
    "Everything else is refused; ask with egress-block.",
  ];
  return answer(text.join("\n"), {
    revision,
    routes: routes.map(shownRoute),
    ...(grants.length === 0 ? {} : { for_a_while: grants.map((grant) => ({ ...shownRoute(grant.route), ...shownLimit(grant) })) }),
  });
}

function shownRoute(route: Route): Record<string, unknown> {
  return {
    host: route.host,
    methods: route.methods,
    path_allowlist: route.pathAllowlist,
    auth_scheme: route.auth?.scheme ?? null,
    websocket: route.websocket,
  };
}

function shownLimit({ limit }: Grant): Record<string, unknown> {
  switch (limit.kind) {
    case "life":
      return {};
    case "until":
      return { until: limit.at };
    case "requests":
      return { requests_left: limit.left };
  }
}

function describeGrant({ route, limit }: Grant): string {
  return `${describeRoute(route)} [${limitText(limit)}]`;
}

function describeRoute(route: Route): string {
  const auth = route.auth === null ? "" : ` [auth:${route.auth.scheme}, added by the proxy]`;
  return `${describeReach(route)}${auth}${route.websocket ? " [websocket]" : ""}`;
}
