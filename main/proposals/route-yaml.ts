import { stringify } from "yaml";
import type { Route } from "#common/domain/route.ts";

/** Routes as the bottle's manifest would write them, for the diff the operator reads. */
export function routesAsYaml(routes: readonly Route[]): string {
  return stringify({ routes: [...routes].sort((a, b) => (a.host < b.host ? -1 : 1)).map(asManifest) });
}

function asManifest(route: Route): Record<string, unknown> {
  return {
    host: route.host,
    ...(route.methods === null ? {} : { methods: route.methods }),
    ...(route.pathAllowlist.length === 0 ? {} : { path_allowlist: route.pathAllowlist }),
    ...(route.auth === null ? {} : { auth: { scheme: route.auth.scheme, token_ref: route.auth.tokenRef } }),
    ...(route.websocket ? { websocket: true } : {}),
    ...(route.pipelock.tlsPassthrough ? { pipelock: { tls_passthrough: true } } : {}),
  };
}
