import type { Slug } from "#common/domain/names.ts";
import type { Proposal, ProposalDecision } from "#common/domain/proposal.ts";
import type { RouteTable } from "#common/domain/route.ts";
import type { NumberedEvent } from "#common/wire/control.ts";
import type { AuditRecord } from "../audit/audit-log.ts";
import { routesAsYaml } from "./route-yaml.ts";

/** The audit line of a decision: the same whether its own client writes it or another that finds it in the journal. */
export function decisionRecord(
  slug: Slug,
  proposalId: string,
  decision: ProposalDecision,
  before: RouteTable,
  after: RouteTable,
): AuditRecord {
  const approved = decision.verdict === "approved";
  return {
    slug,
    component: approved ? "egress" : "proposals",
    subject: proposalId,
    action: decision.verdict,
    by: decision.by,
    note: decision.note,
    before: approved ? routesAsYaml(before.routes) : null,
    after: approved ? routesAsYaml(after.routes) : null,
  };
}

export function withdrawnRecord(proposal: Proposal): AuditRecord {
  return {
    slug: proposal.slug,
    component: "proposals",
    subject: proposal.id,
    action: "withdrawn",
    by: "bot-bottle",
    note: "The bottle was stopped before it was decided.",
    before: null,
    after: null,
  };
}

/** What of a bundle's journal belongs into the audit log (SUP-6, SUP-7). */
export function auditRecords(slug: Slug, events: readonly NumberedEvent[]): AuditRecord[] {
  return events.flatMap(({ event }) => {
    if (event.type === "proposal-decided") return [decisionRecord(slug, event.proposalId, event.decision, event.before, event.after)];
    if (event.type !== "routes-set") return [];
    return [
      {
        slug,
        component: "egress",
        subject: `routes:${event.after.revision}`,
        action: "operator-edit",
        by: event.by,
        note: event.note,
        before: routesAsYaml(event.before.routes),
        after: routesAsYaml(event.after.routes),
      },
    ];
  });
}
