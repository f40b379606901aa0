import { Document, isCollection } from "yaml";
import type { Grant, GrantLimit, Route, RouteTable } from "#common/domain/route.ts";

/** Routes as the bottle's manifest would write them, and what is granted for a while: the diff that the operator reads. */
export function tableAsYaml({ routes, grants }: Pick<RouteTable, "routes" | "grants">): string {
  const document = new Document({ routes: [] });
  for (const route of [...routes].sort((a, b) => (a.host < b.host ? -1 : 1)))
    document.addIn(["routes"], entryOf(document, asManifest(route)));
  if (grants.length > 0) document.set("grants", document.createNode([]));
  for (const grant of grants) document.addIn(["grants"], entryOf(document, asGrant(grant)));
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** One key a line, lists on theirs: a route stays short enough to be read at a glance. */
function entryOf(document: Document, value: Record<string, unknown>) {
  const entry = document.createNode(value);
  for (const { value: inner } of entry.items) if (isCollection(inner)) inner.flow = true;
  return entry;
}

/** A route in the words of a manifest; what is at its default is left out. */
export function asManifest(route: Route): Record<string, unknown> & { host: string } {
  const { strip, pipelock } = route;
  return {
    host: route.host,
    ...(route.methods === null ? {} : { methods: route.methods }),
    ...(route.pathAllowlist.length === 0 ? {} : { path_allowlist: route.pathAllowlist }),
    ...(route.auth === null ? {} : { auth: authOf(route.auth) }),
    ...(route.websocket ? { websocket: true } : {}),
    ...section("strip", {
      ...filled("headers", strip.headers),
      ...filled("query_keys", strip.queryKeys),
      ...filled("cookies", strip.cookies),
    }),
    ...section("pipelock", {
      ...(pipelock.tlsPassthrough ? { tls_passthrough: true } : {}),
      ...filled("ssrf_ip_allowlist", pipelock.ssrfIpAllowlist),
      ...filled("allow_findings", pipelock.allowFindings),
    }),
  };
}

function authOf({ scheme, tokenRef, inject }: NonNullable<Route["auth"]>): Record<string, string> {
  return { scheme, token_ref: tokenRef, ...(inject === "always" ? {} : { inject }) };
}

function asGrant({ id, route, limit, by }: Grant): Record<string, unknown> {
  return { ...asManifest(route), ...limitOf(limit), granted: id, by };
}

function limitOf(limit: GrantLimit): Record<string, unknown> {
  switch (limit.kind) {
    case "life":
      return {};
    case "until":
      return { until: limit.at };
    case "requests":
      return { requests: limit.granted };
  }
}

function filled(key: string, values: readonly string[]): Record<string, unknown> {
  return values.length === 0 ? {} : { [key]: values };
}

function section(key: string, values: Record<string, unknown>): Record<string, unknown> {
  return Object.keys(values).length === 0 ? {} : { [key]: values };
}
