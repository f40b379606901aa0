import type { EgressRequest } from "#common/domain/proposal.ts";
import type { Route } from "#common/domain/route.ts";

const READING = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * What would become possible, in our words and from our own computation (SUP-4): the resulting route, not the request, because
 * widening a route joins its methods and paths with what it had.
 */
export function sentenceOf(slug: string, before: readonly Route[], after: readonly Route[], request: EgressRequest): string {
  const old = before.find(({ host }) => host === request.host);
  const route = after.find(({ host }) => host === request.host);
  if (route === undefined) return "Nothing would change.";
  if (old !== undefined && sameReach(old, route)) return `Nothing would change: ${slug} can already ${reach(route)}.`;
  const added = old === undefined ? "" : " This widens the route there is: every method listed applies to every path listed.";
  return `${slug} could ${reach(route)}.${added} ${leak(route)}`;
}

function reach(route: Route): string {
  const credential = route.auth === null ? "" : `, with the credential ${route.auth.tokenRef} attached`;
  return `${verbs(route.methods)} ${paths(route)}${credential}`;
}

function verbs(methods: readonly string[] | null): string {
  return methods === null ? "send any method to" : list(methods);
}

function paths(route: Route): string {
  if (route.pathAllowlist.length === 0 || route.pathAllowlist.includes("/")) return `anything at ${route.host}`;
  const where = route.pathAllowlist.every((prefix) => prefix.endsWith("/")) ? "below" : "at or below";
  return `anything ${where} ${list(route.pathAllowlist)} at ${route.host}`;
}

/** The unpleasant half: what leaves the bottle through such a route. */
function leak(route: Route): string {
  const writes = route.methods === null || route.methods.some((method) => !READING.has(method));
  return writes ? "It could send data there: in bodies, paths, queries and headers." : "Data could still leave in a path, query or header.";
}

function sameReach(a: Route, b: Route): boolean {
  return JSON.stringify([a.methods, a.pathAllowlist, a.auth]) === JSON.stringify([b.methods, b.pathAllowlist, b.auth]);
}

function list(items: readonly string[]): string {
  const shown = items.length > 4 ? [...items.slice(0, 3), `${items.length - 3} more`] : items;
  return shown.length === 1 ? String(shown[0]) : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}
