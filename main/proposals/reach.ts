import type { Route } from "#common/domain/route.ts";

/** Methods that are meant to read; what leaves with them leaves in path, query and headers. */
export const READING: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** What a route lets through, as the rest of a sentence: "GET anything below /simple/ at packages.example.org". */
export function reachOf(route: Route): string {
  const credential = route.auth === null ? "" : `, with the credential ${route.auth.tokenRef} attached`;
  return `${verbs(route.methods)} ${paths(route)}${credential}`;
}

/** The unpleasant half: what leaves the bottle through such a route. */
export function leakOf(route: Route): string {
  return writes(route)
    ? "It could send data there: in bodies, paths, queries and headers."
    : "Data could still leave in a path, query or header.";
}

export function writes({ methods }: Pick<Route, "methods">): boolean {
  return methods === null || methods.some((method) => !READING.has(method));
}

export function sameReach(a: Route, b: Route): boolean {
  return JSON.stringify([a.methods, a.pathAllowlist, a.auth]) === JSON.stringify([b.methods, b.pathAllowlist, b.auth]);
}

export function isWholeHost(route: Route): boolean {
  return route.pathAllowlist.length === 0 || route.pathAllowlist.includes("/");
}

/** "a, b and 3 more". */
export function listed(items: readonly string[]): string {
  const shown = items.length > 4 ? [...items.slice(0, 3), `${items.length - 3} more`] : items;
  return shown.length === 1 ? String(shown[0]) : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

function verbs(methods: readonly string[] | null): string {
  return methods === null ? "send any method to" : listed(methods);
}

function paths(route: Route): string {
  if (isWholeHost(route)) return `anything at ${route.host}`;
  const where = route.pathAllowlist.every((prefix) => prefix.endsWith("/")) ? "below" : "at or below";
  return `anything ${where} ${listed(route.pathAllowlist)} at ${route.host}`;
}
