import type { AuditEntry } from "#common/domain/audit.ts";
import type { AuditVerdict } from "#common/ipc/audit-methods.ts";
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
      return slugs.map((each) => ({ slug: each, lines: log().filter((entry) => entry.slug === each).length, problems: problemsOf(each) }));
    },
    "audit.export": ({ slug, format }) => ({
      file: `/home/ada/.bot-bottle/exports/audit-${slug ?? "all"}.${format}`,
      entries: log().length,
    }),
  };
}

/** One log of the crowd was meddled with. */
function problemsOf(slug: string): AuditVerdict["problems"] {
  return slug === MEDDLED ? [{ file: "audit.jsonl", line: 8, problem: "is entry 9: entry 7 was dropped before it" }] : [];
}

const MEDDLED = "demo-00003";

/** A log of many bottles, oldest first. */
export function manyEntries(count: number): AuditEntry[] {
  const end = Date.now();
  return Array.from({ length: count }, (_, at) => ({
    index: Math.floor(at / 20),
    time: new Date(end - (count - at) * 1000).toISOString(),
    slug: `demo-${String(at % 20).padStart(5, "0")}`,
    component: "egress",
    subject: `demo.${at}`,
    action: at % 3 === 0 ? "rejected" : "approved",
    by: "ada",
    note: "",
    before: "routes: []\n",
    after: `routes:\n  - host: host-${at}.example.org\n`,
    previous: "0".repeat(64),
    hash: "1".repeat(64),
  }));
}
