import type { ApprovalScope, EgressRequest, PipelockRequest, ProposalRequest } from "#common/domain/proposal.ts";
import type { Route } from "#common/domain/route.ts";
import type { Effect } from "./effect.ts";
import { withRequest } from "./effect.ts";
import { leakOf, listed, reachOf, sameReach } from "./reach.ts";

/**
 * What would become possible, in our words and from our own computation (SUP-4): the resulting route, not the request, because
 * widening a route joins its methods and paths with what it had.
 */
export function sentenceOf(slug: string, before: Effect, after: Effect, request: ProposalRequest, scope: ApprovalScope): string {
  switch (request.kind) {
    case "egress-route":
      return egressSentence(slug, before, after, request, scope);
    case "pipelock":
      return pipelockSentence(slug, before, after, request, scope);
    case "capability":
      return capabilitySentence(slug);
  }
}

function egressSentence(slug: string, before: Effect, after: Effect, request: EgressRequest, scope: ApprovalScope): string {
  const old = before.routes.find(({ host }) => host === request.host);
  const granted = after.grants.find((grant) => !before.grants.includes(grant));
  if (granted !== undefined) {
    if (old !== undefined && isCovered(old, request)) return `Nothing would change: ${slug} can already ${reachOf(old)}, without a grant.`;
    const beside = old === undefined ? "" : ` Beside that it keeps what it has: it can ${reachOf(old)}.`;
    return `${slug} could ${reachOf(granted.route)}, ${spanOf(scope)}.${beside} ${leakOf(granted.route)}`;
  }
  const route = after.routes.find(({ host }) => host === request.host);
  if (route === undefined) return "Nothing would change.";
  if (old !== undefined && sameReach(old, route)) return `Nothing would change: ${slug} can already ${reachOf(route)}.`;
  const added = old === undefined ? "" : " This widens the route there is: every method listed applies to every path listed.";
  return `${slug} could ${reachOf(route)}, ${spanOf(scope)}.${added} ${leakOf(route)}`;
}

/** Widening would add nothing. */
function isCovered(old: Route, request: EgressRequest): boolean {
  return withRequest([old], request, "").every((route) => sameReach(old, route));
}

function pipelockSentence(slug: string, before: Effect, after: Effect, { host }: PipelockRequest, scope: ApprovalScope): string {
  const old = before.routes.find((route) => route.host === host);
  const route = after.routes.find((each) => each.host === host);
  const lifted = old === undefined || route === undefined ? [] : newLenience(old, route);
  if (lifted.length === 0) return `Nothing would change: ${host} is treated so already.`;
  return `For what ${slug} sends to ${host}, ${spanOf(scope)}: ${lifted.join("; ")}.`;
}

function newLenience(old: Route, route: Route): string[] {
  const findings = route.pipelock.allowFindings.filter((name) => !old.pipelock.allowFindings.includes(name));
  const networks = route.pipelock.ssrfIpAllowlist.filter((network) => !old.pipelock.ssrfIpAllowlist.includes(network));
  return [
    ...(findings.length === 0 ? [] : [`requests that hold what looks like a credential (${listed(findings)}) would no longer be refused`]),
    ...(networks.length === 0 ? [] : [`the name could lead to private addresses (${listed(networks)})`]),
    ...(route.pipelock.tlsPassthrough && !old.pipelock.tlsPassthrough
      ? ["a pipelock behind egress would not look into the connection (none runs in this version); the content scan of egress stays"]
      : []),
  ];
}

function capabilitySentence(slug: string): string {
  return (
    `The agent of ${slug} would go on, until the bottle ends, on an image built from this Dockerfile. Its lines may run as root on your ` +
    "container engine with the engine's own network, outside the bottle's routes: the build is a way out for what the agent knows, and a way " +
    "in. The agent keeps its home with workspace and conversation; programs it started and files elsewhere are gone."
  );
}

/** How long it would hold, as a part of a sentence. */
function spanOf(scope: ApprovalScope): string {
  switch (scope.kind) {
    case "for-good":
      return "for good, also after the bottle is resumed";
    case "bottle":
      return "until the bottle ends";
    case "minutes":
      return `for ${scope.minutes} ${scope.minutes === 1 ? "minute" : "minutes"}`;
    case "requests":
      return `for ${scope.requests} ${scope.requests === 1 ? "request" : "requests"}`;
  }
}
