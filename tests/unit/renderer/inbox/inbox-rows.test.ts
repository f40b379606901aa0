import { describe, expect, test } from "vitest";
import { everything, filterChoices } from "../../../../renderer/inbox/inbox-filter.ts";
import { inboxLists } from "../../../../renderer/inbox/inbox-items.ts";
import type { InboxRow } from "../../../../renderer/inbox/inbox-rows.ts";
import { inboxRows } from "../../../../renderer/inbox/inbox-rows.ts";
import { decided, held, refused } from "../../../support/fake-bridge/sample-git.ts";
import { proposals } from "../../../support/fake-bridge/sample-proposals.ts";

const snoozed = [{ id: "docs-writer-h7m3d.2", until: "2030-01-01T09:00:00.000Z" }];
const lists = inboxLists({ proposals, pushes: [held, decided], refusals: [{ slug: held.slug, push: refused }], snoozed });

function shown(rows: readonly InboxRow[]): string[] {
  return rows.map((row) => (row.type === "heading" ? `# ${row.title} ${row.count}` : row.id));
}

describe("SUP-4: the inbox as lines", () => {
  test("by bottle, with counts; a group keeps its place by name, whatever of it is decided first", () => {
    expect(shown(inboxRows(lists, { ...everything, status: "waiting" }, "bottle"))).toEqual([
      "# api-refactor-k3v9q 4",
      "api-refactor-k3v9q.g7",
      "api-refactor-k3v9q.4",
      "api-refactor-k3v9q.5",
      "api-refactor-k3v9q.6",
      "# deps-upgrade-p2x8c 1",
      "deps-upgrade-p2x8c.3",
      "# Refused pushes 1",
      refused.id,
    ]);
  });

  test("by kind", () => {
    const headings = inboxRows(lists, { ...everything, status: "waiting" }, "kind").filter(({ type }) => type === "heading");
    expect(shown(headings)).toEqual(["# Content rule 1", "# Held push 1", "# New route 2", "# New tool in image 1", "# Refused pushes 1"]);
  });

  test("all of it: what waits, was refused, put off and decided, each under its heading", () => {
    const headings = inboxRows(lists, everything, "none").filter(({ type }) => type === "heading");
    expect(shown(headings)).toEqual(["# Refused pushes 1", "# Snoozed 1", "# Decided 3"]);
  });

  test("filtered by bottle, kind and words, which all must be found", () => {
    expect(shown(inboxRows(lists, { ...everything, slug: "deps-upgrade-p2x8c" }, "none"))).toEqual(["deps-upgrade-p2x8c.3"]);
    expect(shown(inboxRows(lists, { ...everything, kind: "Content rule" }, "none"))).toEqual(["api-refactor-k3v9q.6"]);
    expect(shown(inboxRows(lists, { ...everything, text: "  GITHUB_token /repos " }, "none"))).toEqual(["api-refactor-k3v9q.5"]);
    expect(shown(inboxRows(lists, { ...everything, text: "github nowhere" }, "none"))).toEqual([]);
    expect(filterChoices(lists).kinds).toEqual(["Content rule", "Held push", "New route", "New tool in image", "Refused push"]);
  });

  test("a row that goes to another section gets another identity", () => {
    const key = (rows: readonly InboxRow[]) => rows.find((row) => row.type === "item" && row.id === "api-refactor-k3v9q.4")?.key;
    const other = proposals.map((each) => (each.id === "api-refactor-k3v9q.4" ? { ...each, status: "withdrawn" as const } : each));
    const later = inboxLists({ proposals: other, pushes: [], refusals: [], snoozed: [] });
    expect(key(inboxRows(lists, everything, "none"))).not.toBe(key(inboxRows(later, everything, "none")));
  });
});
