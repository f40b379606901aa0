import { isCanonicalHostName } from "#common/domain/host-name.ts";
import { pathProblem } from "#common/domain/request-target.ts";
import type { Route, RouteTable } from "#common/domain/route.ts";

/** A change's event holds the table twice and must fit a frame with room to spare. */
const MAX_TABLE_BYTES = 2 * 1024 * 1024;

/** Why these routes cannot be made live, or null. Clients compute them; a mistake there must not become policy here. */
export function tableProblem(routes: RouteTable["routes"]): string | null {
  if (Buffer.byteLength(JSON.stringify(routes)) > MAX_TABLE_BYTES) return `the routes take more than ${MAX_TABLE_BYTES} bytes`;
  const hosts = new Set<string>();
  for (const route of routes) {
    const problem = routeProblem(route) ?? (hosts.has(route.host) ? "is there twice" : null);
    if (problem !== null) return `the route of ${JSON.stringify(route.host)} ${problem}`;
    hosts.add(route.host);
  }
  return null;
}

function routeProblem(route: Route): string | null {
  if (!isCanonicalHostName(route.host)) return "has a host that is not in canonical form";
  const path = route.pathAllowlist.find((prefix) => pathProblem(prefix) !== null);
  return path === undefined ? null : `has the path ${JSON.stringify(path)}, which can be read in two ways`;
}
