import type { AuditEntry } from "#common/domain/audit.ts";
import type { MethodName } from "#common/ipc/contract.ts";
import { searchText } from "../../../main/audit/search-text.ts";
import type { FakeHandlers } from "./handler.ts";

type AuditMethod = Extract<MethodName, `audit.${string}`>;

/** The audit log of the fake; what is searched of an entry is what main searches. */
export function fakeAudit(log: () => readonly AuditEntry[]): FakeHandlers<AuditMethod> {
  return {
    "audit.search": ({ text, slug, component, offset, limit }) => {
      const words = text.toLowerCase().split(/\s+/).filter(Boolean);
      const found = log()
        .filter((entry) => (slug === null || entry.slug === slug) && (component === null || entry.component === component))
        .filter((entry) => words.every((word) => searchText(entry).includes(word)))
        .toSorted((a, b) => (a.time < b.time ? 1 : -1));
      return { entries: found.slice(offset, offset + limit), total: found.length };
    },
    "audit.verify": ({ slug }) => {
      const slugs = [...new Set(log().map((entry) => entry.slug))].filter((each) => slug === null || each === slug);
      return slugs.map((each) => ({ slug: each, lines: log().filter((entry) => entry.slug === each).length, problems: [] }));
    },
    "audit.export": ({ slug, format }) => ({
      file: `/home/ada/.bot-bottle/exports/audit-${slug ?? "all"}.${format}`,
      entries: log().length,
    }),
  };
}
