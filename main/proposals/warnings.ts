import { getDomain, parse } from "tldts";
import type { CapabilityRequest, PipelockRequest, ProposalRequest } from "#common/domain/proposal.ts";
import type { Route } from "#common/domain/route.ts";
import { dockerfileWarnings } from "./dockerfile-warnings.ts";
import { dropReason, sharedReason } from "./drop-hosts.ts";
import type { Effect } from "./effect.ts";
import { displayedAs, lookAlikeOf, mixesScripts } from "./look-alikes.ts";
import { networkWarning } from "./network-warnings.ts";
import { isWholeHost, listed, READING, writes } from "./reach.ts";

export interface Warning {
  readonly text: string;
  /** Never left to a rule: an operator has to see it (SUP-5). */
  readonly grave: boolean;
}

/** What an operator should notice before approving (SUP-4); computed from the effect alone, the agent's words play no part. */
export function warningsFor(before: Effect, after: Effect, request: ProposalRequest): Warning[] {
  switch (request.kind) {
    case "egress-route":
      return routeWarnings(before, after, request.host);
    case "pipelock":
      return pipelockWarnings(before, after, request);
    case "capability":
      return capabilityWarnings(request);
  }
}

/** What is new of what leads to one host: by its permanent route, or by a grant. */
export function routeWarnings(before: Effect, after: Effect, host: string): Warning[] {
  const route = changedRoute(before, after, host);
  if (route === null) return [];
  const old = before.routes.find((each) => each.host === host) ?? null;
  return [
    ...(old === null ? hostWarnings(before.routes, host) : []),
    ...authWarnings(before.routes, old, route),
    ...reachWarnings(old, route),
    ...(route.websocket && old?.websocket !== true
      ? [
          note(
            "WebSocket connections would be let through: what the agent sends in them is scanned, but no route decides on single messages.",
          ),
        ]
      : []),
  ];
}

/** What is new in a table that the operator edited, route by route. */
export function editWarnings(before: Effect, after: Effect): Warning[] {
  const old = new Map(before.routes.map((route) => [route.host, route]));
  return after.routes
    .filter((route) => old.get(route.host) !== route)
    .flatMap((route) =>
      [...routeWarnings(before, after, route.host), ...lenienceWarnings(old.get(route.host), route)].map(named(route.host)),
    );
}

/** Among many routes a warning has to say of which it is. */
function named(host: string): (warning: Warning) => Warning {
  return ({ text, grave: isGrave }) => ({ text: text.includes(host) ? text : `${host}: ${text}`, grave: isGrave });
}

function changedRoute(before: Effect, after: Effect, host: string): Route | null {
  const granted = after.grants.find((grant) => !before.grants.includes(grant) && grant.route.host === host);
  return granted?.route ?? after.routes.find((route) => route.host === host) ?? null;
}

function reachWarnings(old: Route | null, route: Route): Warning[] {
  const open = isWholeHost(route);
  const shared = open ? sharedReason(route.host) : null;
  const newWrites = (route.methods ?? []).filter((method) => !READING.has(method) && !(old?.methods?.includes(method) ?? old !== null));
  return [
    ...(open ? [note("No path restriction: every path of the host would be open.")] : []),
    ...(shared === null ? [] : [note(`${route.host} is shared: ${shared}.`)]),
    ...(route.methods === null ? [grave("Every method would be allowed, also those that write.")] : []),
    ...(newWrites.length === 0 ? [] : [note(`Newly allowed to write: ${listed(newWrites)}.`)]),
  ];
}

function authWarnings(live: readonly Route[], old: Route | null, route: Route): Warning[] {
  const ref = route.auth?.tokenRef;
  if (ref === undefined || old?.auth?.tokenRef === ref) return [];
  const elsewhere = live.filter(({ host, auth }) => host !== route.host && auth?.tokenRef === ref).map(({ host }) => host);
  const replaced = old?.auth == null ? "" : ` It takes the place of ${old.auth.tokenRef}.`;
  const other = elsewhere.length === 0 ? "" : ` So far it goes to ${listed(elsewhere)} alone.`;
  return [grave(`The credential ${ref} would be sent to ${route.host}.${replaced}${other}`)];
}

/** Of a host that no route leads to yet. */
function hostWarnings(live: readonly Route[], host: string): Warning[] {
  const drop = dropReason(host);
  return [
    ...nameWarnings(live, host),
    ...(drop === null ? [] : [grave(`${host} is a way out for data: ${drop}.`)]),
    ...novelty(live, host),
  ];
}

function novelty(live: readonly Route[], host: string): Warning[] {
  const { isIcann, isPrivate } = parse(host, { allowPrivateDomains: true });
  if (isIcann !== true && isPrivate !== true) return [grave(`${host} is not under a public suffix: it is a name of your own network.`)];
  const domain = getDomain(host, { allowPrivateDomains: true });
  const known = live.some((route) => getDomain(route.host, { allowPrivateDomains: true }) === domain);
  const first = known ? "" : ` No route of this bottle leads to ${domain ?? host} yet.`;
  return [note(`New public host: ${host}.${first}`)];
}

function nameWarnings(live: readonly Route[], host: string): Warning[] {
  const displayed = displayedAs(host);
  const twin = lookAlikeOf(
    host,
    live.map((route) => route.host),
  );
  return [
    ...(displayed === null ? [] : [grave(`The name is internationalised: ${host} displays as ${displayed}. It may imitate another name.`)]),
    ...(mixesScripts(host) ? [grave("The name mixes letters of several scripts.")] : []),
    ...(twin === null ? [] : [grave(`The name looks like ${twin}, but is another host.`)]),
  ];
}

function pipelockWarnings(before: Effect, after: Effect, { host }: PipelockRequest): Warning[] {
  const route = after.routes.find((each) => each.host === host);
  if (route === undefined) return [];
  return lenienceWarnings(
    before.routes.find((each) => each.host === host),
    route,
  );
}

function lenienceWarnings(old: Route | undefined, route: Route): Warning[] {
  const { host, pipelock } = route;
  const findings = pipelock.allowFindings.filter((name) => !old?.pipelock.allowFindings.includes(name));
  const networks = pipelock.ssrfIpAllowlist.filter((network) => !old?.pipelock.ssrfIpAllowlist.includes(network));
  return [
    ...(findings.length === 0
      ? []
      : [grave(`If the agent got hold of a real credential of the kind ${listed(findings)}, it could send it to ${host}.`)]),
    ...(findings.length > 0 && writes(route) ? [note(`${host} takes writing requests, so whole files could hold such credentials.`)] : []),
    ...networks.flatMap((network) => networkWarning(network, host).map(grave)),
    ...(pipelock.tlsPassthrough && old?.pipelock.tlsPassthrough !== true
      ? [grave(`What goes to ${host} and comes from it would pass pipelock unseen, once one runs behind egress.`)]
      : []),
  ];
}

function capabilityWarnings({ dockerfile }: CapabilityRequest): Warning[] {
  return [
    grave("While it is built, its commands reach the whole internet, and whatever network the engine is in."),
    ...dockerfileWarnings(dockerfile).map(grave),
  ];
}

function grave(text: string): Warning {
  return { text, grave: true };
}

function note(text: string): Warning {
  return { text, grave: false };
}
