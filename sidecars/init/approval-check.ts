import type { z } from "zod";
import { dockerfileProblems } from "#common/domain/agent-dockerfile.ts";
import { canonicalJson } from "#common/domain/canonical-json.ts";
import type { ApprovalScope, Proposal } from "#common/domain/proposal.ts";
import type { Grant, Route, RouteTable } from "#common/domain/route.ts";
import type { Decide } from "#common/wire/control.ts";
import { CLOCK_SLACK_MS } from "./table-check.ts";

export type Approval = Extract<z.infer<typeof Decide>["outcome"], { verdict: "approved" }>;

/**
 * Why an approval would change anything but what it approves, or null. Clients compute the table and the operator saw it as one
 * request's effect: a decision about one host must not move another's route, whatever the client's mistake.
 */
export function approvalProblem(proposal: Proposal, approval: Approval, live: RouteTable, now: Date): string | null {
  const { applied, scope } = approval;
  if (applied.kind !== proposal.request.kind) return "what was approved is of another kind than what was asked for";
  switch (applied.kind) {
    case "egress-route":
      return isTemporary(scope)
        ? grantProblem(proposal.id, applied.host, approval, live, now)
        : (grantsMoved(approval, live) ?? othersMoved(applied.host, approval, live));
    case "pipelock":
      return onlyRoutes(scope) ?? grantsMoved(approval, live) ?? lenienceProblem(applied.host, approval, live);
    case "capability":
      return onlyRoutes(scope) ?? grantsMoved(approval, live) ?? othersMoved(null, approval, live) ?? imageProblem(applied.dockerfile);
  }
}

function isTemporary(scope: ApprovalScope): scope is Extract<ApprovalScope, { kind: "minutes" | "requests" }> {
  return scope.kind === "minutes" || scope.kind === "requests";
}

function onlyRoutes(scope: ApprovalScope): string | null {
  return isTemporary(scope) ? "only a route can be approved for minutes or for a number of requests" : null;
}

/** Approved for a while, it adds one grant of that host that ends as was approved, and nothing else. */
function grantProblem(id: string, host: string, approval: Approval, live: RouteTable, now: Date): string | null {
  const added = approval.grants.filter((grant) => grant.id === id);
  const [grant] = added;
  if (grant === undefined || added.length > 1) return `an approval for a while adds one grant under the id ${id}`;
  if (grant.route.host !== host) return `the grant is for ${JSON.stringify(grant.route.host)}, not for the host that was approved`;
  const others = { ...approval, grants: approval.grants.filter((each) => each !== grant) };
  return limitProblem(grant, approval.scope, now) ?? grantsMoved(others, live) ?? othersMoved(null, approval, live);
}

function limitProblem({ limit }: Grant, scope: ApprovalScope, now: Date): string | null {
  const granted =
    (scope.kind === "requests" && limit.kind === "requests" && limit.granted === scope.requests) ||
    (scope.kind === "minutes" && limit.kind === "until" && Date.parse(limit.at) <= now.getTime() + scope.minutes * 60_000 + CLOCK_SLACK_MS);
  return granted ? null : "the grant's limit is not what was approved; do the clocks of panel and bundle agree?";
}

function grantsMoved({ grants }: Pick<RouteTable, "grants">, live: RouteTable): string | null {
  return canonicalJson(grants.map(({ id }) => id)) === canonicalJson(live.grants.map(({ id }) => id))
    ? null
    : "it would add or take away grants that the decision is not about";
}

/** Whether the route of any host but this one would be another. */
function othersMoved(host: string | null, { routes }: Pick<RouteTable, "routes">, live: RouteTable): string | null {
  const [before, after] = [byHost(live.routes), byHost(routes)];
  const moved = [...new Set([...before.keys(), ...after.keys()])].find(
    (each) => each !== host && canonicalJson(before.get(each) ?? null) !== canonicalJson(after.get(each) ?? null),
  );
  return moved === undefined ? null : `it would also change the route of ${JSON.stringify(moved)}`;
}

function lenienceProblem(host: string, approval: Approval, live: RouteTable): string | null {
  const [before, after] = [byHost(live.routes).get(host), byHost(approval.routes).get(host)];
  if (before === undefined) return `there is no route of ${JSON.stringify(host)} to treat otherwise`;
  if (after === undefined || effectBesideContent(before) !== effectBesideContent(after))
    return "it would change more of the route than its content settings";
  return othersMoved(host, approval, live);
}

function effectBesideContent({ pipelock: _, origin: __, ...rest }: Route): string {
  return canonicalJson(rest);
}

function imageProblem(dockerfile: string): string | null {
  const [problem] = dockerfileProblems(dockerfile);
  return problem === undefined ? null : `the Dockerfile cannot be used: ${problem}`;
}

function byHost(routes: readonly Route[]): Map<string, Route> {
  return new Map(routes.map((route) => [route.host, route]));
}
