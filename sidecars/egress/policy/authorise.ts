import type { RequestTarget } from "#common/domain/request-target.ts";
import { stripQueryKeys } from "#common/domain/request-target.ts";
import type { Grant, RouteAuth } from "#common/domain/route.ts";
import type { RequestFacts } from "#common/domain/route-match.ts";
import { matchRoute } from "#common/domain/route-match.ts";
import { matchHost } from "#common/domain/table-match.ts";
import { isModelCall, isModelPath } from "../answer/model-call.ts";
import type { DayBudget } from "../budget.ts";
import type { EgressClock } from "../clock.ts";
import type { RequestHead } from "../http1/request-head.ts";
import type { Credentials, CredentialValue } from "./credentials.ts";
import type { CutCredentials } from "./cut-credentials.ts";
import { endedText } from "./ended-grants.ts";
import type { LiveHost } from "./live-host.ts";
import type { LiveRoute } from "./live-route.ts";
import type { LiveRoutes } from "./live-routes.ts";
import type { Refusal } from "./refusal.ts";
import { refuse } from "./refusal.ts";
import { hostRefusal, originForm, overrideRefusal } from "./request-honesty.ts";

/** Everything that a decision asks. */
export interface Policy {
  readonly routes: LiveRoutes;
  readonly credentials: Credentials;
  readonly cuts: CutCredentials;
  readonly budget: DayBudget;
  readonly clock: EgressClock;
  /** Told before a request leaves by a counted grant, so that a restart does not give it back. */
  onGrantUsed(grantId: string, left: number): void;
}

/** What may leave: everything the upstream head is built from, whatever protocol the request came in. */
export interface Permit {
  readonly live: LiveRoute;
  /** The grant that lets it pass, as it was; null where the permanent route does. */
  readonly grant: Grant | null;
  readonly request: RequestHead;
  /** Path and query as forwarded. */
  readonly target: string;
  /** A call to a model, whose answer tells what it cost. */
  readonly modelCall: boolean;
  /** Value of the Authorization field to inject, with the name of its credential; never logged. */
  readonly authorization: { readonly value: string; readonly tokenRef: string; readonly secret: CredentialValue } | null;
}

export type Authorisation = { readonly kind: "permit"; readonly permit: Permit } | { readonly kind: "refusal"; readonly refusal: Refusal };

interface Match {
  readonly live: LiveRoute;
  readonly grant: Grant | null;
  readonly target: RequestTarget;
}

/**
 * Decides one request inside a tunnel to `host`, anew each time; one that passes by a counted grant uses it (EGR-2, EGR-3). `objection`
 * is asked about what would pass, before anything is used up.
 */
export function authorise(
  policy: Policy,
  host: string,
  request: RequestHead,
  objection: (permit: Permit) => Refusal | null,
): Authorisation {
  const outcome = consider(policy, host, request);
  if (outcome.kind === "refusal") return outcome;
  const against = objection(outcome.permit);
  if (against !== null) return { kind: "refusal", refusal: against };
  const { grant } = outcome.permit;
  const left = grant === null ? null : policy.routes.use(host, grant.id);
  if (grant !== null && left !== null) policy.onGrantUsed(grant.id, left);
  return outcome;
}

/** Why a request under way must end, or null. A request that a counted grant let pass may be completed (EGR-6). */
export function revocation(policy: Policy, host: string, { request, grant }: Permit): Refusal | null {
  const outcome = consider(policy, host, request);
  if (outcome.kind === "permit" || outcome.refusal.rule === "credential-missing" || outcome.refusal.rule === "budget") return null;
  const { rule } = outcome.refusal;
  if (rule === "credential-cut") return outcome.refusal;
  if (grant !== null && completes(policy.routes, host, request, grant)) return null;
  const ended = grant === null ? null : policy.routes.endedGrant(host, null);
  return refuse("route-revoked", ended === null ? `the route of ${host} was revoked` : endedText(ended));
}

/** Why a tunnel to a host through which nothing can pass now is of no use. */
export function noRoute(routes: LiveRoutes, host: string): Refusal {
  const ended = routes.endedGrant(host, null);
  return refuse("no-route", ended === null ? `no route for ${host}` : endedText(ended));
}

function completes(routes: LiveRoutes, host: string, request: RequestHead, { id, limit }: Grant): boolean {
  if (limit.kind !== "requests") return false;
  const current = routes.grant(host, id);
  if (current === null) return false;
  return current === "used-up" || matchRoute(current.route, factsOf(request, originForm(host, request.target) ?? "")).allowed;
}

function consider(policy: Policy, host: string, request: RequestHead): Authorisation {
  const framing = hostRefusal(host, request);
  if (framing !== null) return { kind: "refusal", refusal: framing };
  const live = policy.routes.find(host);
  if (live === null) return { kind: "refusal", refusal: noRoute(policy.routes, host) };
  const origin = originForm(host, request.target);
  if (origin === null) return refusal("host-mismatch", `the request target names another place than ${host}`);
  const match = findMatch(policy, live, factsOf(request, origin));
  if ("rule" in match) return { kind: "refusal", refusal: match };
  const override = overrideRefusal(match.live.route, request);
  if (override !== null) return { kind: "refusal", refusal: override };
  return withCredential(policy, match, request);
}

function factsOf({ method, websocket }: RequestHead, target: string): RequestFacts {
  return { method, target, websocket };
}

function findMatch({ routes, clock }: Policy, live: LiveHost, facts: RequestFacts): Match | Refusal {
  const found = matchHost(live, facts, live.grants.length === 0 ? 0 : clock.wall());
  if (found.allowed) return { live: live.compiled(found.route), grant: found.grant, target: found.verdict.target };
  const rule = found.verdict?.rule ?? "no-route";
  const ended = routes.endedGrant(live.host, facts);
  return refuse(rule, ended === null ? (found.verdict?.reason ?? `no route for ${live.host}`) : endedText(ended));
}

function withCredential(policy: Policy, { live, grant, target }: Match, request: RequestHead): Authorisation {
  const { auth, host } = live.route;
  if (auth !== null && policy.cuts.has(auth.tokenRef)) {
    return refusal("credential-cut", `the operator has cut off the credential ${auth.tokenRef}, which the route of ${host} uses`);
  }
  const modelCall = isModelCall(request.method, target.path);
  const unpayable = modelCall || request.websocket ? budgetRefusal(policy.budget, request, target.path) : null;
  if (unpayable !== null) return { kind: "refusal", refusal: unpayable };
  const forwarded = target.path + stripQueryKeys(target.query, live.strippedQueryKeys);
  if (auth === null || !wantsInjection(auth, request)) {
    return permit({ live, grant, request, target: forwarded, modelCall, authorization: null });
  }
  const credential = policy.credentials.get(auth.tokenRef);
  if (credential.kind === "missing") return refusal("credential-missing", credential.reason);
  const { secret } = credential;
  const authorization = { value: `${auth.scheme} ${secret.value}`, tokenRef: auth.tokenRef, secret };
  return permit({ live, grant, request, target: forwarded, modelCall, authorization });
}

function budgetRefusal(budget: DayBudget, { websocket }: RequestHead, path: string): Refusal | null {
  if (!websocket) return budget.refusal();
  if (!budget.limits || !isModelPath(path)) return null;
  // Clients take this for a server without WebSocket, and POST instead.
  const refused = refuse("websocket", "what a model's WebSocket costs cannot be counted for the budget");
  return { ...refused, nextStep: "Send the same request by POST; nothing has to be allowed for it" };
}

function wantsInjection(auth: RouteAuth, request: RequestHead): boolean {
  return auth.inject === "always" || request.fields.some((field) => field.name === "authorization");
}

function permit(value: Permit): Authorisation {
  return { kind: "permit", permit: value };
}

function refusal(...parts: Parameters<typeof refuse>): Authorisation {
  return { kind: "refusal", refusal: refuse(...parts) };
}
