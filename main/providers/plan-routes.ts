import type { Route, RouteOrigin } from "#common/domain/route.ts";
import type { ManifestRoute } from "#common/manifest/route-schema.ts";

export interface RoutePlan {
  readonly routes: readonly Route[];
  /** What the operator would not see in the table itself. */
  readonly warnings: readonly string[];
}

/** A provider's routes own their hosts; a manifest's for other hosts follow, and those that lose are named (PRV-7). */
export function planRoutes(bottle: string, provider: readonly Route[], manifest: readonly ManifestRoute[]): RoutePlan {
  const owned = new Set(provider.map(({ host }) => host));
  return {
    routes: [...provider, ...manifest.filter(({ host }) => !owned.has(host)).map((route) => routeOf(route, { kind: "manifest", bottle }))],
    warnings: manifest.filter(({ host }) => owned.has(host)).map(({ host }) => shadowed(bottle, host)),
  };
}

function shadowed(bottle: string, host: string): string {
  return `the route to ${host} in the bottle ${bottle} has no effect: the provider's own route to that host is used`;
}

type DeclaredRoute = Omit<ManifestRoute, "auth"> & {
  readonly auth?: (NonNullable<ManifestRoute["auth"]> & { readonly inject?: NonNullable<Route["auth"]>["inject"] | undefined }) | undefined;
};

/** A route as declared, with what it leaves open filled in. */
export function routeOf(route: DeclaredRoute, origin: RouteOrigin): Route {
  return {
    host: route.host,
    methods: route.methods ?? null,
    pathAllowlist: route.path_allowlist ?? [],
    auth:
      route.auth === undefined
        ? null
        : { scheme: route.auth.scheme, tokenRef: route.auth.token_ref, inject: route.auth.inject ?? "always" },
    websocket: route.websocket ?? false,
    strip: {
      headers: route.strip?.headers ?? [],
      queryKeys: route.strip?.query_keys ?? [],
      cookies: route.strip?.cookies ?? [],
    },
    pipelock: {
      tlsPassthrough: route.pipelock?.tls_passthrough ?? false,
      ssrfIpAllowlist: route.pipelock?.ssrf_ip_allowlist ?? [],
      allowFindings: route.pipelock?.allow_findings ?? [],
    },
    origin,
  };
}
