import { describe, expect, test } from "vitest";
import { pushAnswer } from "../../../../sidecars/supervise/push-answer.ts";
import { heldPush, record } from "../../../support/git-gate/sample-push.ts";

const decided = {
  verdict: "refused" as const,
  decidedAt: "2026-01-01T00:00:00.000Z",
  by: "op",
  note: "use the vault",
  allowedFindings: [],
};

describe("what an agent is told of a push that was held (GIT-6)", () => {
  test.each([
    ["held", "pending", null],
    ["forwarded", "approved", { ...decided, verdict: "forwarded" as const }],
    ["refused", "rejected", decided],
    ["withdrawn", "withdrawn", null],
  ] as const)("%s is told as %s", (status, word, decision) => {
    const answer = pushAnswer(heldPush({ status, decision }));
    expect(answer.structuredContent).toMatchObject({
      status: word,
      push_id: record().id,
      repository: "project",
      note: decision?.note ?? "",
    });
    expect(JSON.stringify(answer.content)).toContain(`status: ${word}`);
  });

  test("a withdrawn one says why", () => {
    const push = record({ reason: "refs/heads/main has moved upstream meanwhile" });
    expect(JSON.stringify(pushAnswer(heldPush({ status: "withdrawn", push })).content)).toContain("has moved upstream");
  });
});
