import type { Route } from "#common/domain/route.ts";
import { CREDENTIAL_FIELDS, CREDENTIAL_QUERY_KEYS } from "./credential-carriers.ts";

/** A route with what a request needs of it looked up once. */
export interface LiveRoute {
  readonly route: Route;
  /** Names of request fields that never leave, as `fieldKey` spells them. */
  readonly strippedFields: ReadonlySet<string>;
  readonly strippedCookies: ReadonlySet<string>;
  /** In lower case. */
  readonly strippedQueryKeys: ReadonlySet<string>;
}

/** Servers behind CGI-like gateways read `_` as `-`: both spellings name the same field. */
export function fieldKey(name: string): string {
  return name.includes("_") ? name.replaceAll("_", "-") : name;
}

export function compileRoute(route: Route): LiveRoute {
  const { strip, auth } = route;
  const injects = auth !== null;
  const fields = strip.headers.map((name) => fieldKey(name.toLowerCase()));
  const keys = strip.queryKeys.map((name) => name.toLowerCase());
  return {
    route,
    strippedFields: new Set(["authorization", "proxy-authorization", ...fields, ...(injects ? CREDENTIAL_FIELDS : [])]),
    strippedCookies: new Set(strip.cookies),
    strippedQueryKeys: new Set([...keys, ...(injects ? CREDENTIAL_QUERY_KEYS : [])]),
  };
}
