import { OperatorError } from "#common/domain/operator-error.ts";
import { EgressRequest } from "#common/domain/proposal.ts";
import type { Route } from "#common/domain/route.ts";
import { pathPrefixFault } from "#common/manifest/path-prefix.ts";
import { routeHost } from "#common/manifest/route-host.ts";

/** The request in canonical form, checked by the rules that manifests and supervise follow; the operator's edits pass here too. */
export function checkedRequest(request: EgressRequest): EgressRequest {
  const host = routeHost(request.host);
  if (!host.ok) throw wrong(host.reason);
  for (const prefix of request.pathAllowlist) {
    const fault = pathPrefixFault(prefix);
    if (fault !== null) throw wrong(`the path ${prefix} ${fault}`);
  }
  const parsed = EgressRequest.safeParse({ ...request, host: host.host });
  if (!parsed.success) throw wrong(parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`).join("; "));
  return {
    ...parsed.data,
    methods: parsed.data.methods === null ? null : unique(parsed.data.methods),
    pathAllowlist: unique(parsed.data.pathAllowlist),
  };
}

/**
 * The routes as they would be (D9). A route that is there already is widened, never narrowed: what it allowed it goes on allowing,
 * with the credential it had unless the request names another.
 */
export function withRequest(routes: readonly Route[], request: EgressRequest, proposalId: string): Route[] {
  const existing = routes.find(({ host }) => host === request.host);
  if (existing === undefined) return [...routes, newRoute(request, proposalId)];
  return routes.map((route) => (route === existing ? widened(route, request, proposalId) : route));
}

function newRoute(request: EgressRequest, proposalId: string): Route {
  return {
    host: request.host,
    methods: request.methods,
    pathAllowlist: request.pathAllowlist,
    auth: request.auth === null ? null : { ...request.auth, inject: "always" },
    websocket: false,
    strip: { headers: [], queryKeys: [], cookies: [] },
    pipelock: { tlsPassthrough: false, ssrfIpAllowlist: [], allowFindings: [] },
    origin: { kind: "proposal", proposalId },
  };
}

function widened(route: Route, request: EgressRequest, proposalId: string): Route {
  const open = route.pathAllowlist.length === 0 || request.pathAllowlist.length === 0;
  return {
    ...route,
    methods: route.methods === null || request.methods === null ? null : unique([...route.methods, ...request.methods]),
    pathAllowlist: open ? [] : unique([...route.pathAllowlist, ...request.pathAllowlist]),
    auth: request.auth === null ? route.auth : { ...request.auth, inject: "always" },
    origin: { kind: "proposal", proposalId },
  };
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

function wrong(reason: string): OperatorError {
  return new OperatorError("bad-input", {
    message: `This cannot become a route: ${reason}`,
    hint: "Edit the request, or reject it with a note",
  });
}
