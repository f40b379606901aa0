import type { Grant, Route, RouteTable } from "#common/domain/route.ts";

type Shown = Pick<Route, "host" | "methods" | "pathAllowlist" | "auth"> & Partial<Pick<Route, "pipelock" | "websocket">>;

function routeLines(route: Shown): string[] {
  const { pipelock } = route;
  return [
    `  - host: ${route.host}`,
    ...(route.methods ? [`    methods: [${route.methods.join(", ")}]`] : []),
    ...(route.pathAllowlist.length > 0 ? [`    path_allowlist: [${route.pathAllowlist.join(", ")}]`] : []),
    ...(route.auth ? [`    auth: { scheme: ${route.auth.scheme}, token_ref: ${route.auth.tokenRef} }`] : []),
    ...(route.websocket ? ["    websocket: true"] : []),
    ...(pipelock && pipelock.allowFindings.length > 0 ? [`    allow_findings: [${pipelock.allowFindings.join(", ")}]`] : []),
    ...(pipelock && pipelock.ssrfIpAllowlist.length > 0 ? [`    ssrf_ip_allowlist: [${pipelock.ssrfIpAllowlist.join(", ")}]`] : []),
    ...(pipelock?.tlsPassthrough ? ["    tls_passthrough: true"] : []),
  ];
}

function grantLines({ route, limit }: Grant): string[] {
  const until =
    limit.kind === "until" ? `until ${limit.at}` : limit.kind === "requests" ? `${limit.left} requests` : "for the bottle's life";
  return [...routeLines(route), `    # ${until}`];
}

/** A live table as the panel's diff shows it. */
export function yamlOf({ routes, grants }: Pick<RouteTable, "routes" | "grants">): string {
  const permanent = ["routes:", ...routes.flatMap(routeLines)];
  const lines = grants.length === 0 ? permanent : [...permanent, "grants:", ...grants.flatMap(grantLines)];
  return `${lines.join("\n")}\n`;
}
