import type { AutoRule } from "#common/domain/auto-rule.ts";
import type { ApprovalScope, Proposal } from "#common/domain/proposal.ts";
import type { Route, RouteTable } from "#common/domain/route.ts";
import { requestOf } from "./checked-request.ts";
import { effectOf } from "./effect.ts";
import { offeredScopes } from "./scopes.ts";
import { warningsFor } from "./warnings.ts";

/** What a rule is asked about: what we know and computed, never the agent's words. */
export interface RuleCase {
  readonly proposal: Proposal;
  /** Name of the manifest that the bottle was started from; null where that is not known. */
  readonly bottle: string | null;
  readonly live: RouteTable;
  readonly now: Date;
}

export type RuleVerdict =
  | { readonly verdict: "reject"; readonly rule: AutoRule }
  | { readonly verdict: "approve"; readonly rule: AutoRule; readonly scope: ApprovalScope };

/** The first rule that decides such a proposal; null where it is the operator's. */
export function decidingRule(rules: readonly AutoRule[], facts: RuleCase): RuleVerdict | null {
  for (const rule of rules) {
    if (!rule.enabled || (rule.bottle !== null && rule.bottle !== facts.bottle)) continue;
    if (rule.verdict === "reject" && rejects(rule, facts)) return { verdict: "reject", rule };
    if (rule.verdict === "approve" && approves(rule, facts)) return { verdict: "approve", rule, scope: rule.scope };
  }
  return null;
}

function rejects(rule: Extract<AutoRule, { verdict: "reject" }>, { proposal: { tool, request } }: RuleCase): boolean {
  if (rule.tools.length > 0 && !rule.tools.includes(tool)) return false;
  if (rule.hosts.length === 0) return true;
  return request.kind !== "capability" && rule.hosts.some((pattern) => hostMatches(pattern, request.host));
}

/**
 * Narrow facts only: named hosts and methods, no credential, nothing that an operator has to see. Looked at is the route that
 * would be: a request for GET would widen a route that takes POST or carries a credential by more than it says.
 */
function approves(rule: Extract<AutoRule, { verdict: "approve" }>, { proposal, live, now }: RuleCase): boolean {
  const request = requestOf(proposal.request, null);
  if (request.kind !== "egress-route" || !rule.hosts.some((pattern) => hostMatches(pattern, request.host))) return false;
  if (!offeredScopes(request).some(({ kind }) => kind === rule.scope.kind)) return false;
  const after = effectOf(live, request, { proposalId: proposal.id, scope: rule.scope, now, by: "" });
  const granted = after.grants.find(({ id }) => id === proposal.id)?.route;
  const route = granted ?? after.routes.find(({ host }) => host === request.host);
  return route !== undefined && isNarrow(route, rule.methods) && warningsFor(live, after, request).every(({ grave }) => !grave);
}

function isNarrow({ methods, auth, websocket, pipelock }: Route, allowed: readonly string[]): boolean {
  const lenient = pipelock.tlsPassthrough || pipelock.allowFindings.length > 0 || pipelock.ssrfIpAllowlist.length > 0;
  return auth === null && !websocket && !lenient && methods?.every((method) => allowed.includes(method)) === true;
}

/** On whole labels: `*.example.org` is every name below example.org, neither itself nor notexample.org. */
export function hostMatches(pattern: string, host: string): boolean {
  return pattern.startsWith("*.") ? host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1 : host === pattern;
}
