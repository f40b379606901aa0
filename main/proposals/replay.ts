import type { z } from "zod";
import type { EgressDecision } from "#common/domain/decision.ts";
import type { PipelockRequest, ProposalRequest } from "#common/domain/proposal.ts";
import type { HostRoutes } from "#common/domain/table-match.ts";
import { matchHost } from "#common/domain/table-match.ts";
import type { Replay as ReplaySchema } from "#common/ipc/proposal-methods.ts";
import type { Effect } from "./effect.ts";

const MAX_SHOWN = 50;
/** Refusals that no route changes: the request itself was wrong. */
const ROUTE_RULES = new Set(["route", "no-route", "method", "path", "websocket", "route-revoked", "credential-missing"]);

type Replay = z.infer<typeof ReplaySchema>;
type Replayed = Replay["requests"][number];
type Verdict = Pick<Replayed, "allowed" | "reason">;

/**
 * What the table would have meant for what this bottle has asked of the host so far: the proxy's own matcher over recorded
 * requests. Query values are redacted there, which no rule looks at. Null where past requests say nothing.
 */
export function replay(after: Effect, request: ProposalRequest, decisions: readonly EgressDecision[], now: Date): Replay | null {
  if (request.kind === "capability") return null;
  const { host } = request;
  const routes: HostRoutes = {
    route: after.routes.find((each) => each.host === host) ?? null,
    grants: after.grants.filter((grant) => grant.route.host === host),
  };
  const judge =
    request.kind === "pipelock"
      ? (decision: EgressDecision) => scanned(request, decision)
      : (decision: EgressDecision) => matched(routes, decision, now);
  return grouped(
    decisions.filter((decision) => decision.host === host && decision.method !== "CONNECT"),
    judge,
  );
}

function grouped(decisions: readonly EgressDecision[], judge: (decision: EgressDecision) => Verdict): Replay {
  const groups = new Map<string, Replayed>();
  for (const decision of decisions) {
    const key = `${decision.method} ${decision.path} ${decision.rule} ${decision.finding?.rule ?? ""}`;
    const group = groups.get(key);
    groups.set(key, {
      ...judge(decision),
      time: decision.time,
      method: decision.method,
      path: decision.path,
      count: (group?.count ?? 0) + 1,
    });
  }
  const requests = [...groups.values()].sort((a, b) => (a.time < b.time ? 1 : -1));
  return {
    allowed: total(requests.filter(({ allowed }) => allowed)),
    refused: total(requests.filter(({ allowed }) => !allowed)),
    requests: requests.slice(0, MAX_SHOWN),
  };
}

function matched(routes: HostRoutes, decision: EgressDecision, now: Date): Verdict {
  if (decision.verdict === "refused" && !ROUTE_RULES.has(decision.rule)) return { allowed: false, reason: decision.reason };
  const facts = {
    method: decision.method,
    target: decision.path.replaceAll("…", "x"),
    websocket: decision.rule === "websocket",
  };
  const outcome = matchHost(routes, facts, now.getTime());
  if (!outcome.allowed) return { allowed: false, reason: outcome.verdict?.reason ?? `no route for ${decision.host}` };
  return { allowed: true, reason: outcome.grant === null ? `the route of ${decision.host}` : "this grant" };
}

/** Of what was refused for its content only the names of the rules matter; everything else stays as it was. */
function scanned({ allowFindings }: PipelockRequest, decision: EgressDecision): Verdict {
  if (decision.rule !== "dlp") return { allowed: decision.verdict === "allowed", reason: decision.reason };
  const rule = decision.finding?.rule;
  if (rule !== undefined && allowFindings.includes(rule)) return { allowed: true, reason: `${rule} would be let pass` };
  return { allowed: false, reason: decision.reason };
}

function total(requests: readonly Replayed[]): number {
  return requests.reduce((sum, { count }) => sum + count, 0);
}
