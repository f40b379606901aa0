import type { Slug } from "#common/domain/names.ts";
import type { ApprovalScope, Proposal, ProposalDecision } from "#common/domain/proposal.ts";
import type { RouteTable } from "#common/domain/route.ts";
import type { BundleEvent, CredentialCuts, NumberedEvent } from "#common/wire/control.ts";
import type { AuditRecord } from "../audit/audit-log.ts";
import { tableAsYaml } from "./route-yaml.ts";

/** The audit line of a decision: the same whether its own client writes it or another that finds it in the journal. */
export function decisionRecord(
  slug: Slug,
  proposalId: string,
  decision: ProposalDecision,
  before: RouteTable,
  after: RouteTable,
): AuditRecord {
  return {
    slug,
    ...subjectMatter(decision, before, after),
    subject: proposalId,
    action: decision.verdict,
    by: decision.rule === null ? decision.by : `${decision.by}, by the rule ${JSON.stringify(decision.rule)}`,
    note: decision.note,
  };
}

/** What the decision changed; an image is told as its Dockerfile, everything else as the table. */
function subjectMatter(
  { verdict, applied, scope }: ProposalDecision,
  before: RouteTable,
  after: RouteTable,
): Pick<AuditRecord, "component" | "before" | "after"> {
  if (verdict === "rejected") return { component: "proposals", before: null, after: null };
  if (applied?.kind === "capability") return { component: "bottle", before: null, after: applied.dockerfile };
  return { component: "egress", before: tableAsYaml(before), after: `# ${spanOf(scope)}\n${tableAsYaml(after)}` };
}

function spanOf(scope: ApprovalScope | null): string {
  switch (scope?.kind) {
    case "minutes":
      return `granted for ${scope.minutes} ${scope.minutes === 1 ? "minute" : "minutes"}`;
    case "requests":
      return `granted for ${scope.requests} ${scope.requests === 1 ? "request" : "requests"}`;
    case "bottle":
      return "until the bottle ends";
    default:
      return "for good";
  }
}

export function withdrawnRecord(proposal: Proposal): AuditRecord {
  return {
    slug: proposal.slug,
    component: "proposals",
    subject: proposal.id,
    action: "withdrawn",
    by: OURSELVES,
    note: "The bottle was stopped before it was decided.",
    before: null,
    after: null,
  };
}

const OURSELVES = "bot-bottle";

/** What of a bundle's journal belongs into the audit log (SUP-6, SUP-7). */
export function auditRecords(slug: Slug, events: readonly NumberedEvent[]): AuditRecord[] {
  return events.flatMap((event) => recordOf(slug, event) ?? []);
}

/** An event that can come more than once for one thing is told apart by its own number. */
function recordOf(slug: Slug, { seq, event }: NumberedEvent): AuditRecord | null {
  switch (event.type) {
    case "proposal-decided":
      return decisionRecord(slug, event.proposalId, event.decision, event.before, event.after);
    case "routes-set":
      return operatorEdit(slug, event);
    case "proposal-failed":
      return { ...plain(slug, `${event.proposalId}:${seq}`, "not-applied", OURSELVES, event.message), component: "proposals" };
    case "grant-ended": {
      const why = event.why === "expired" ? "Its time was over." : "Its requests were used up.";
      return { ...plain(slug, event.grant.id, "grant-ended", OURSELVES, why), after: tableAsYaml(event.after) };
    }
    case "cuts-set":
      return plain(slug, `credentials:${seq}`, cutAction(event.cuts), event.by, cutNote(event.cuts));
    default:
      return null;
  }
}

function operatorEdit(slug: Slug, { by, note, before, after }: Extract<BundleEvent, { type: "routes-set" }>): AuditRecord {
  return {
    ...plain(slug, `routes:${after.revision}`, "operator-edit", by, note),
    before: tableAsYaml(before),
    after: tableAsYaml(after),
  };
}

function plain(slug: Slug, subject: string, action: string, by: string, note: string): AuditRecord {
  return { slug, component: "egress", subject, action, by, note, before: null, after: null };
}

function cutAction({ all, refs }: CredentialCuts): string {
  return all || refs.length > 0 ? "credentials-cut" : "credentials-let-back";
}

function cutNote({ all, refs }: CredentialCuts): string {
  if (all) return "All of them.";
  return refs.length === 0 ? "" : `${refs.join(", ")}.`;
}
