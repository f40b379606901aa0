import type { AuditEntry } from "#common/domain/audit.ts";

const MAX_CHARACTERS = 1000;

/** What an entry is found by, in lower case: who and what, and of before and after the lines that changed. */
export function searchText({ slug, component, action, subject, by, note, before, after }: AuditEntry): string {
  const old = new Set((before ?? "").split("\n"));
  const now = new Set((after ?? "").split("\n"));
  const changed = [...[...now].filter((line) => !old.has(line)), ...[...old].filter((line) => !now.has(line))].map((line) => line.trim());
  return [slug, component, action, subject, by, note, ...changed].join(" ").slice(0, MAX_CHARACTERS).toLowerCase();
}
