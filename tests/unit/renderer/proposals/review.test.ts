import { describe, expect, test } from "vitest";
import { diffCounts, diffOf } from "../../../../renderer/proposals/diff.ts";
import { draftOf, requestOf } from "../../../../renderer/proposals/edit/edit-draft.ts";
import { proposals } from "../../../support/fake-bridge/sample-proposals.ts";

describe("SUP-4: the difference the operator reads", () => {
  const before = "routes:\n  - host: a\n  - host: b\n  - host: c\n  - host: d\n  - host: e\n";

  test("changed lines with three around them, the rest folded and counted", () => {
    const diff = diffOf(before, `${before}  - host: f\n`);
    expect(diff).toEqual([
      { kind: "gap", lines: 3 },
      { kind: "same", text: "  - host: c" },
      { kind: "same", text: "  - host: d" },
      { kind: "same", text: "  - host: e" },
      { kind: "added", text: "  - host: f" },
    ]);
    expect(diffCounts(diff)).toEqual({ added: 1, removed: 0 });
  });

  test("a replaced line is removed and added", () => {
    expect(diffOf("a\n", "b\n").map((line) => line.kind)).toEqual(["removed", "added"]);
  });
});

describe("SUP-4: edit then approve", () => {
  test("an untouched draft is the request it came from", () => {
    for (const { request } of proposals) expect(requestOf(draftOf(request))).toEqual({ ok: true, request });
  });

  test("methods are upper-cased and taken once, paths one a line", () => {
    const draft = { ...draftOf(proposals[0]!.request), methods: "get, head get", paths: "/a\n\n /b " };
    expect(requestOf(draft)).toMatchObject({ ok: true, request: { methods: ["GET", "HEAD"], pathAllowlist: ["/a", "/b"] } });
  });

  test("what is wrong is said at its field", () => {
    const draft = { ...draftOf(proposals[0]!.request), host: " ", methods: "", paths: "a", scheme: "Bearer" as const, tokenRef: "no name" };
    expect(requestOf(draft)).toEqual({
      ok: false,
      problems: {
        host: "A host name is needed.",
        methods: "Name at least one method, or allow any.",
        paths: "Each path must start with /.",
        tokenRef: "The credential's name must be a name such as GITHUB_TOKEN.",
      },
    });
  });
});
