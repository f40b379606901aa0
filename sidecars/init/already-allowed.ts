import type { EgressRequest, PipelockRequest } from "#common/domain/proposal.ts";
import type { GrantLimit, Route, RouteTable } from "#common/domain/route.ts";
import { pathAllowed } from "#common/domain/route-match.ts";
import { grantIsLive } from "#common/domain/table-match.ts";

/** What lets through all that a request asks for: `limit` is null where nothing ends it. */
export interface Allowance {
  readonly limit: GrantLimit | null;
}

/** Whether a request asks for nothing that is not live already. */
export function allowanceOf(table: RouteTable, request: EgressRequest, now: Date): Allowance | null {
  if (table.routes.some((route) => routeCovers(route, request))) return { limit: null };
  const grant = table.grants.find((each) => grantIsLive(each, now.getTime()) && routeCovers(each.route, request));
  return grant === undefined ? null : { limit: grant.limit };
}

/** Whether a live route lets everything through that a request asks for. */
function routeCovers(route: Route, request: EgressRequest): boolean {
  return route.host === request.host && coversMethods(route, request) && coversPaths(route, request) && coversAuth(route, request);
}

function coversMethods(route: Route, request: EgressRequest): boolean {
  const { methods } = route;
  return methods === null || (request.methods?.every((method) => methods.includes(method)) ?? false);
}

function coversPaths(route: Route, request: EgressRequest): boolean {
  if (route.pathAllowlist.length === 0) return true;
  return request.pathAllowlist.length > 0 && request.pathAllowlist.every((path) => pathAllowed(route.pathAllowlist, path));
}

function coversAuth(route: Route, request: EgressRequest): boolean {
  if (request.auth === null) return true;
  return route.auth !== null && route.auth.scheme === request.auth.scheme && route.auth.tokenRef === request.auth.tokenRef;
}

/** Whether a route's content settings are as lenient as asked for already. */
export function isAsLenient({ pipelock }: Route, request: PipelockRequest): boolean {
  return (
    request.allowFindings.every((name) => pipelock.allowFindings.includes(name)) &&
    request.ssrfIpAllowlist.every((network) => pipelock.ssrfIpAllowlist.includes(network)) &&
    (pipelock.tlsPassthrough || !request.tlsPassthrough)
  );
}
