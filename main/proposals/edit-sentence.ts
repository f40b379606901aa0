import type { Route } from "#common/domain/route.ts";
import type { Effect } from "./effect.ts";
import { listed, reachOf, sameReach } from "./reach.ts";

const MAX_TOLD = 3;

/** What an edit of the table would change, one sentence a kind of change (SUP-6). */
export function editSentence(slug: string, before: Effect, after: Effect): string {
  const old = new Map(before.routes.map((route) => [route.host, route]));
  const hosts = new Set(after.routes.map(({ host }) => host));
  const added = after.routes.filter(({ host }) => !old.has(host));
  const changed = after.routes.filter((route) => isChanged(old.get(route.host), route));
  const removed = before.routes.filter(({ host }) => !hosts.has(host)).map(({ host }) => host);
  const revoked = before.grants.length - after.grants.length;
  const parts = [
    ...(added.length === 0 ? [] : [`${slug} could ${told(added)}.`]),
    ...(changed.length === 0 ? [] : [`Changed: it could ${told(changed)}.`]),
    ...(removed.length === 0 ? [] : [`No longer reachable: ${listed(removed)}; open connections there are closed.`]),
    ...(revoked === 0 ? [] : [`${revoked === 1 ? "One grant" : `${revoked} grants`} would end.`]),
  ];
  return parts.length === 0 ? "Nothing would change." : parts.join(" ");
}

function isChanged(old: Route | undefined, route: Route): boolean {
  if (old === undefined) return false;
  return !sameReach(old, route) || old.websocket !== route.websocket || JSON.stringify(old.pipelock) !== JSON.stringify(route.pipelock);
}

function told(routes: readonly Route[]): string {
  const shown = routes.slice(0, MAX_TOLD).map(reachOf);
  const more = routes.length - shown.length;
  return [...shown, ...(more > 0 ? [`reach ${more} more hosts`] : [])].join("; ");
}
