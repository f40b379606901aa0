import { OperatorError } from "#common/domain/operator-error.ts";
import type { ApprovalScope, EgressRequest, PipelockRequest, ProposalRequest } from "#common/domain/proposal.ts";
import type { Grant, GrantLimit, Route, RouteTable } from "#common/domain/route.ts";

/** The table as it would be. */
export type Effect = Pick<RouteTable, "routes" | "grants">;

/** What an effect is computed for, besides the request and the live table. */
export interface EffectContext {
  readonly proposalId: string;
  readonly scope: ApprovalScope;
  readonly now: Date;
  readonly by: string;
}

const MAX_ROUTES = 2000;
const MAX_GRANTS = 200;

/**
 * What an approval would make of the live table (D9). For good or for the bottle's life a route is made or widened; for a while
 * a grant of exactly what was asked for stands beside what there is. An image changes no route.
 */
export function effectOf(live: Effect, request: ProposalRequest, context: EffectContext): Effect {
  switch (request.kind) {
    case "egress-route":
      return within(egressEffect(live, request, context));
    case "pipelock":
      return within({ ...live, routes: withLenience(live.routes, request, context.proposalId) });
    case "capability":
      return live;
  }
}

function egressEffect(live: Effect, request: EgressRequest, context: EffectContext): Effect {
  const limit = limitOf(context);
  if (limit === null) return { ...live, routes: withRequest(live.routes, request, context.proposalId) };
  const grant: Grant = {
    id: context.proposalId,
    route: grantedRoute(live.routes, request, context.proposalId),
    limit,
    grantedAt: context.now.toISOString(),
    by: context.by,
  };
  return { ...live, grants: [...live.grants.filter(({ id }) => id !== grant.id), grant] };
}

/** What ends the grant of such an approval; null where a permanent route is changed. */
function limitOf({ scope, now }: EffectContext): GrantLimit | null {
  switch (scope.kind) {
    case "for-good":
    case "bottle":
      return null;
    case "minutes":
      return { kind: "until", at: new Date(now.getTime() + scope.minutes * 60_000).toISOString() };
    case "requests":
      return { kind: "requests", granted: scope.requests, left: scope.requests };
  }
}

/**
 * The routes as they would be. A route that is there already is widened, never narrowed: what it allowed it goes on allowing,
 * with the credential it had unless the request names another.
 */
export function withRequest(routes: readonly Route[], request: EgressRequest, proposalId: string): Route[] {
  const existing = routes.find(({ host }) => host === request.host);
  if (existing === undefined) return [...routes, newRoute(request, proposalId)];
  return routes.map((route) => (route === existing ? widened(route, request, proposalId) : route));
}

function newRoute(request: EgressRequest, proposalId: string): Route {
  return {
    host: request.host,
    methods: request.methods,
    pathAllowlist: request.pathAllowlist,
    auth: request.auth === null ? null : { ...request.auth, inject: "always" },
    websocket: false,
    strip: { headers: [], queryKeys: [], cookies: [] },
    pipelock: { tlsPassthrough: false, ssrfIpAllowlist: [], allowFindings: [] },
    origin: { kind: "proposal", proposalId },
  };
}

/** Exactly what was asked for, no wider; how the host is treated otherwise is as its permanent route has it. */
function grantedRoute(routes: readonly Route[], request: EgressRequest, proposalId: string): Route {
  const route = newRoute(request, proposalId);
  const existing = routes.find(({ host }) => host === request.host);
  return existing === undefined
    ? route
    : { ...route, auth: route.auth ?? existing.auth, strip: existing.strip, pipelock: existing.pipelock };
}

function widened(route: Route, request: EgressRequest, proposalId: string): Route {
  const open = route.pathAllowlist.length === 0 || request.pathAllowlist.length === 0;
  return {
    ...route,
    methods: route.methods === null || request.methods === null ? null : unique([...route.methods, ...request.methods]),
    pathAllowlist: open ? [] : unique([...route.pathAllowlist, ...request.pathAllowlist]),
    auth: request.auth === null ? route.auth : { ...request.auth, inject: "always" },
    origin: { kind: "proposal", proposalId },
  };
}

/** Less strictness on the route there is; where there is none, there is nothing to be less strict about. */
function withLenience(routes: readonly Route[], request: PipelockRequest, proposalId: string): Route[] {
  if (!routes.some(({ host }) => host === request.host)) {
    throw new OperatorError("bad-input", {
      message: `No route leads to ${request.host}, so there is nothing to be less strict about`,
      hint: "Reject it: the agent has to ask for the host itself first",
    });
  }
  return routes.map((route) => (route.host === request.host ? moreLenient(route, request, proposalId) : route));
}

function moreLenient(route: Route, request: PipelockRequest, proposalId: string): Route {
  const { tlsPassthrough, ssrfIpAllowlist, allowFindings } = route.pipelock;
  return {
    ...route,
    pipelock: {
      tlsPassthrough: tlsPassthrough || request.tlsPassthrough,
      ssrfIpAllowlist: unique([...ssrfIpAllowlist, ...request.ssrfIpAllowlist]),
      allowFindings: unique([...allowFindings, ...request.allowFindings]),
    },
    origin: { kind: "proposal", proposalId },
  };
}

/** A table that the bundle would not take is said here, in words. */
function within(effect: Effect): Effect {
  const full = effect.routes.length > MAX_ROUTES ? "routes" : effect.grants.length > MAX_GRANTS ? "grants" : null;
  if (full === null) return effect;
  throw new OperatorError("conflict", {
    message: `The bottle would have more ${full} than it can hold (${full === "routes" ? MAX_ROUTES : MAX_GRANTS})`,
    hint: `Revoke ${full} that are not needed any more, then approve`,
  });
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
