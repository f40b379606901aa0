import type { Grant, Route } from "#common/domain/route.ts";
import type { HostRoutes } from "#common/domain/table-match.ts";
import { grantIsLive } from "#common/domain/table-match.ts";
import type { LiveRoute } from "./live-route.ts";
import { compileRoute } from "./live-route.ts";

/** All that can let a request to one host pass, as the table has it; grants lose requests here as they are used. */
export class LiveHost implements HostRoutes {
  readonly host: string;
  readonly route: Route | null;
  readonly grants: Grant[];
  /** Equal for tables that treat every request to this host alike; how many requests are left does not matter to it. */
  readonly fingerprint: string;
  readonly #compiled = new Map<Route, LiveRoute>();

  constructor(host: string, route: Route | null, grants: readonly Grant[]) {
    this.host = host;
    this.route = route;
    this.grants = [...grants];
    const routes = [...(route === null ? [] : [route]), ...grants.map((grant) => grant.route)];
    for (const each of routes) this.#compiled.set(each, compileRoute(each));
    this.fingerprint = JSON.stringify([route === null ? null : effectOf(route), grants.map(grantEffect)]);
  }

  /** Whether any request can pass at this time. */
  openAt(now: number): boolean {
    return this.route !== null || this.grants.some((grant) => grantIsLive(grant, now));
  }

  /** The route by which a connection may be opened ahead of a request. */
  dialRoute(now: number): Route | null {
    return this.route ?? this.grants.find((grant) => grantIsLive(grant, now))?.route ?? null;
  }

  compiled(route: Route): LiveRoute {
    const live = this.#compiled.get(route);
    if (live === undefined) throw new Error(`a route of ${route.host} is not one of ${this.host}`);
    return live;
  }

  names(tokenRefCut: (tokenRef: string) => boolean): boolean {
    return [...this.#compiled.keys()].some(({ auth }) => auth !== null && tokenRefCut(auth.tokenRef));
  }

  grant(id: string): Grant | null {
    return this.grants.find((grant) => grant.id === id) ?? null;
  }

  /** Takes one request off a counted grant; returns how many are left, or null where the grant counts none. */
  use(id: string): number | null {
    const at = this.grants.findIndex((grant) => grant.id === id);
    const grant = this.grants[at];
    if (grant?.limit.kind !== "requests") return null;
    const left = Math.max(0, grant.limit.left - 1);
    this.grants[at] = { ...grant, limit: { ...grant.limit, left } };
    return left;
  }
}

function effectOf({ origin: _, ...effect }: Route): Omit<Route, "origin"> {
  return effect;
}

function grantEffect({ id, route, limit }: Grant): unknown {
  return [id, effectOf(route), limit.kind === "requests" ? { ...limit, left: 0 } : limit];
}
