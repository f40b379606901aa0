import { z } from "zod";
import { canonicalJson } from "#common/domain/canonical-json.ts";
import { isCanonicalHostName } from "#common/domain/host-name.ts";
import { pathProblem } from "#common/domain/request-target.ts";
import type { Grant, Route, RouteTable } from "#common/domain/route.ts";

/** A change's event holds the table twice and must fit a frame with room to spare. */
const MAX_TABLE_BYTES = 2 * 1024 * 1024;
/** A grant for longer is a permanent route that nobody wrote down. */
const LONGEST_GRANT_MS = 7 * 24 * 3_600_000;
/** How far the clocks of a client and of the bundle may differ. */
export const CLOCK_SLACK_MS = 5 * 60_000;

export type TableContent = Pick<RouteTable, "routes" | "grants">;

/** What a client wants live, with the live grants as they are here: what was used since it looked stays used. */
export function withLiveGrants({ routes, grants }: TableContent, live: RouteTable): TableContent {
  const known = new Map(live.grants.map((grant) => [grant.id, grant]));
  return { routes, grants: grants.map((grant) => withLiveLimit(grant, known.get(grant.id))) };
}

function withLiveLimit(grant: Grant, live: Grant | undefined): Grant {
  if (live?.limit.kind !== "requests" || grant.limit.kind !== "requests") return grant;
  return { ...grant, limit: { ...grant.limit, left: live.limit.left } };
}

/** Why this cannot be made live in place of `live`, or null. Clients compute it; a mistake there must not become policy here. */
export function tableProblem(content: TableContent, live: RouteTable, now: Date): string | null {
  if (Buffer.byteLength(JSON.stringify(content)) > MAX_TABLE_BYTES) return `the routes take more than ${MAX_TABLE_BYTES} bytes`;
  return routesProblem(content.routes) ?? grantsProblem(content.grants, live.grants, now);
}

function routesProblem(routes: RouteTable["routes"]): string | null {
  const hosts = new Set<string>();
  for (const route of routes) {
    const problem = routeProblem(route) ?? (hosts.has(route.host) ? "is there twice" : null);
    if (problem !== null) return `the route of ${JSON.stringify(route.host)} ${problem}`;
    hosts.add(route.host);
  }
  return null;
}

function grantsProblem(grants: readonly Grant[], live: readonly Grant[], now: Date): string | null {
  const known = new Map(live.map((grant) => [grant.id, grant]));
  const ids = new Set<string>();
  for (const grant of grants) {
    const before = known.get(grant.id);
    const problem = ids.has(grant.id)
      ? "is there twice"
      : before === undefined
        ? newGrantProblem(grant, now)
        : changeProblem(before, grant);
    if (problem !== null) return `the grant ${JSON.stringify(grant.id)} ${problem}`;
    ids.add(grant.id);
  }
  return null;
}

/** A grant is kept or taken away, never changed: what was approved is what is live. */
function changeProblem(before: Grant, after: Grant): string | null {
  return canonicalJson(before) === canonicalJson(after) ? null : "is not what is live under that id";
}

function newGrantProblem({ route, limit }: Grant, now: Date): string | null {
  return routeProblem(route) ?? limitProblem(limit, now);
}

function limitProblem(limit: Grant["limit"], now: Date): string | null {
  if (limit.kind === "life") return null;
  if (limit.kind === "requests") return limit.left === limit.granted ? null : "begins with another number of requests than was granted";
  const left = Date.parse(limit.at) - now.getTime();
  if (left <= 0) return "would be over already: do the clocks of panel and bundle agree?";
  return left > LONGEST_GRANT_MS + CLOCK_SLACK_MS ? "would last longer than seven days" : null;
}

const Network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);

function routeProblem(route: Route): string | null {
  if (!isCanonicalHostName(route.host)) return "has a host that is not in canonical form";
  const path = route.pathAllowlist.find((prefix) => pathProblem(prefix) !== null);
  if (path !== undefined) return `has the path ${JSON.stringify(path)}, which can be read in two ways`;
  const network = route.pipelock.ssrfIpAllowlist.find((text) => !Network.safeParse(text).success);
  return network === undefined ? null : `lets ${JSON.stringify(network)} through, which is no address or network`;
}
