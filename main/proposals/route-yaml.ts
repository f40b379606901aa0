import { Document, isCollection } from "yaml";
import type { Route } from "#common/domain/route.ts";

/** Routes as the bottle's manifest would write them, for the diff the operator reads. */
export function routesAsYaml(routes: readonly Route[]): string {
  const document = new Document({ routes: [] });
  for (const route of [...routes].sort((a, b) => (a.host < b.host ? -1 : 1))) document.addIn(["routes"], entryOf(document, route));
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** One key a line, lists on theirs: a route stays short enough to be read at a glance. */
function entryOf(document: Document, route: Route) {
  const entry = document.createNode(asManifest(route));
  for (const { value } of entry.items) if (isCollection(value)) value.flow = true;
  return entry;
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
