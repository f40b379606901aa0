import type { Route, RouteTable } from "#common/domain/route.ts";

/** A route with what a request needs of it looked up once. */
export interface LiveRoute {
  readonly route: Route;
  /** Names of request fields that never leave, as `fieldKey` spells them. */
  readonly strippedFields: ReadonlySet<string>;
  readonly strippedCookies: ReadonlySet<string>;
  /** Equal for routes that treat every request alike. */
  readonly fingerprint: string;
}

/** Servers behind CGI-like gateways read `_` as `-`: both spellings name the same field. */
export function fieldKey(name: string): string {
  return name.includes("_") ? name.replaceAll("_", "-") : name;
}

/** The table that decides, replaced as a whole (EGR-6). */
export class LiveRoutes {
  #revision: number;
  #byHost: ReadonlyMap<string, LiveRoute>;

  constructor(table: RouteTable) {
    this.#revision = table.revision;
    this.#byHost = indexByHost(table);
  }

  get revision(): number {
    return this.#revision;
  }

  get hosts(): string[] {
    return [...this.#byHost.keys()];
  }

  find(host: string): LiveRoute | null {
    return this.#byHost.get(host) ?? null;
  }

  /** From here on every question is answered by `table`. Returns the hosts whose route changed or went. */
  replace(table: RouteTable): string[] {
    const before = this.#byHost;
    const after = indexByHost(table);
    this.#revision = table.revision;
    this.#byHost = after;
    return [...before.values()]
      .filter((live) => after.get(live.route.host)?.fingerprint !== live.fingerprint)
      .map((live) => live.route.host);
  }
}

function indexByHost(table: RouteTable): ReadonlyMap<string, LiveRoute> {
  return new Map(table.routes.map((route) => [route.host, compile(route)]));
}

function compile(route: Route): LiveRoute {
  const { origin: _, ...effect } = route;
  return {
    route,
    strippedFields: new Set(["authorization", "proxy-authorization", ...route.strip.headers.map((name) => fieldKey(name.toLowerCase()))]),
    strippedCookies: new Set(route.strip.cookies),
    fingerprint: JSON.stringify(effect),
  };
}
