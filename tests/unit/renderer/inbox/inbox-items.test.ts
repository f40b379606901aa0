import { describe, expect, test } from "vitest";
import { inboxLists } from "../../../../renderer/inbox/inbox-items.ts";
import { itemLine, itemOutcome, itemTitle } from "../../../../renderer/inbox/item-words.ts";
import { decided, held, refused } from "../../../support/fake-bridge/sample-git.ts";
import { proposals } from "../../../support/fake-bridge/sample-proposals.ts";

describe("SUP-4, GIT-6: the inbox", () => {
  const snoozed = [
    { id: "api-refactor-k3v9q.6", until: "2030-01-02T09:00:00.000Z" },
    { id: "api-refactor-k3v9q.5", until: "2030-01-01T09:00:00.000Z" },
    { id: "api-refactor-k3v9q.1", until: "2030-01-01T09:00:00.000Z" },
  ];
  const lists = inboxLists({ proposals, pushes: [held, decided], refusals: [{ slug: held.slug, push: refused }], snoozed });

  test("what waits in the order it came, pushes among proposals", () => {
    expect(lists.waiting.map((item) => [itemTitle(item), item.id])).toEqual([
      ["New route", "docs-writer-h7m3d.2"],
      ["Held push", "api-refactor-k3v9q.g7"],
      ["New route", "api-refactor-k3v9q.4"],
      ["New tool in image", "deps-upgrade-p2x8c.3"],
    ]);
  });

  test("what is put off waits apart, the next to wake first; what was decided meanwhile is not put off", () => {
    expect(lists.snoozed.map(({ id }) => id)).toEqual(["api-refactor-k3v9q.5", "api-refactor-k3v9q.6"]);
  });

  test("refused pushes apart, what was decided newest first, with the rule that decided", () => {
    expect(lists.refused.map((item) => itemLine(item))).toEqual(["try-cache, new, 2 commits, 1 finding"]);
    expect(lists.decided.map((item) => [item.id, itemOutcome(item)])).toEqual([
      ["api-refactor-k3v9q.1", "approved with edit"],
      ["flaky-tests-w8n4t.1", "rejected by a rule"],
      ["api-refactor-k3v9q.g4", "forwarded"],
    ]);
  });
});
