import type { z } from "zod";
import type { EgressDecision } from "#common/domain/decision.ts";
import type { PipelockRequest, ProposalRequest } from "#common/domain/proposal.ts";
import type { HostRoutes } from "#common/domain/table-match.ts";
import type { Replay as ReplaySchema } from "#common/ipc/proposal-methods.ts";
import type { PastVerdict } from "../egress/past-requests.ts";
import { judgePast, replayPast } from "../egress/past-requests.ts";
import type { Effect } from "./effect.ts";

const MAX_SHOWN = 50;

type Replay = z.infer<typeof ReplaySchema>;

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
  const judge = (decision: EgressDecision) =>
    request.kind === "pipelock" ? scanned(request, decision) : judgePast(routes, decision, now.getTime());
  return replayPast(
    decisions.filter((decision) => decision.host === host),
    judge,
    MAX_SHOWN,
  );
}

/** Of what was refused for its content only the names of the rules matter; everything else stays as it was. */
function scanned({ allowFindings }: PipelockRequest, decision: EgressDecision): PastVerdict {
  if (decision.rule !== "dlp") return { allowed: decision.verdict === "allowed", reason: decision.reason };
  const rule = decision.finding?.rule;
  if (rule !== undefined && allowFindings.includes(rule)) return { allowed: true, reason: `${rule} would be let pass` };
  return { allowed: false, reason: decision.reason };
}
