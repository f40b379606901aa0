import type { AuditEntry } from "#common/domain/audit.ts";
import type { PushDecision, PushRecord, RefUpdate } from "#common/domain/git.ts";
import type { Slug } from "#common/domain/names.ts";
import type { NumberedEvent } from "#common/wire/control.ts";

type PushAudit = Omit<AuditEntry, "index" | "time" | "previous" | "hash">;

const MAX_LISTED = 20;

/** What of a bundle's journal about pushes belongs into the audit log: what left, what was caught, and who decided (SUP-7). */
export function pushAuditRecords(slug: Slug, events: readonly NumberedEvent[]): PushAudit[] {
  return events.flatMap(({ event }) => {
    if (event.type === "push-decided") return [pushDecisionRecord(slug, event.pushId, event.repo, event.decision)];
    return event.type === "push" && isAudited(event.push) ? [pushRecord(slug, event.push)] : [];
  });
}

/** The audit line of a decision: the same whether its own client writes it or another that finds it in the journal. */
export function pushDecisionRecord(slug: Slug, pushId: string, repo: string, decision: PushDecision): PushAudit {
  const { verdict, by, note, allowedFindings } = decision;
  const allowed = allowedFindings.map((fingerprint) => `finding let pass: ${fingerprint}`);
  return { ...line(slug, pushId, verdict, by, note), after: [`repository: ${repo}`, ...listed(allowed)].join("\n") };
}

export function withdrawnPushRecord(slug: Slug, pushId: string): PushAudit {
  return line(slug, pushId, "withdrawn", "bot-bottle", "The bottle was stopped before it was decided.");
}

/** A push that was refused for its form harms nobody, and an agent could write the log full of them. */
function isAudited(push: PushRecord): boolean {
  return push.verdict === "forwarded" || push.verdict === "held" || push.findingCount > 0;
}

/** `push-…`, because the operator's decision of the same push is a line of its own. */
function pushRecord(slug: Slug, push: PushRecord): PushAudit {
  const findings = push.findings.map(({ rule, fingerprint }) => `finding: ${rule} ${fingerprint}`);
  const after = [`repository: ${push.repo}`, ...listed(push.refs.map(describeRef)), ...listed(findings)].join("\n");
  return { ...line(slug, push.id, `push-${push.verdict}`, "git-gate", push.reason), after };
}

function describeRef({ ref, old, new: next, kind }: RefUpdate): string {
  return `${kind} ${ref} ${old.slice(0, 12)}..${next.slice(0, 12)}`;
}

function listed(lines: readonly string[]): string[] {
  return lines.length <= MAX_LISTED ? [...lines] : [...lines.slice(0, MAX_LISTED), `and ${lines.length - MAX_LISTED} more`];
}

function line(slug: Slug, subject: string, action: string, by: string, note: string): PushAudit {
  return { slug, component: "git", subject, action, by, note, before: null, after: null };
}
