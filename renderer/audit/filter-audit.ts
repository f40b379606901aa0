import type { AuditEntry } from "#common/domain/audit.ts";

/** The entries that hold every word, newest first. */
export function filterAudit(entries: readonly AuditEntry[], text: string): AuditEntry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const holds = (entry: AuditEntry) => {
    const haystack =
      `${entry.slug} ${entry.component} ${entry.action} ${entry.subject} ${entry.by} ${entry.note} ${entry.after ?? ""}`.toLowerCase();
    return words.every((word) => haystack.includes(word));
  };
  return entries.filter(holds).toSorted((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : b.index - a.index));
}
