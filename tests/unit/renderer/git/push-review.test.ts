import { describe, expect, test } from "vitest";
import { findingsByLine } from "../../../../renderer/git/push-files.tsx";
import { pushLine, refWords } from "../../../../renderer/git/push-words.ts";
import { obstacleTo } from "../../../../renderer/git/use-push-review.ts";
import { patchLines } from "../../../../renderer/ui/patch-lines.ts";
import { files, held, view } from "../../../support/fake-bridge/sample-git.ts";

describe("GIT-6: the decision over a held push", () => {
  const all = new Set(held.push.findings.map(({ fingerprint }) => fingerprint));

  test("it cannot be forwarded before every finding is allowed by name", () => {
    expect(obstacleTo(view(held), held, new Set())).toBe("2 findings are not allowed yet.");
    expect(obstacleTo(view(held), held, new Set([...all].slice(1)))).toBe("One finding is not allowed yet.");
    expect(obstacleTo(view(held), held, all)).toBeNull();
  });

  test("nor before what it changes was read, nor when findings are not all shown, nor when its bottle is gone", () => {
    expect(obstacleTo(undefined, held, all)).toBe("What it changes is being read.");
    const more = { ...held, push: { ...held.push, findingCount: 101 } };
    expect(obstacleTo(view(more), more, all)).toMatch(/can only be refused/);
    expect(obstacleTo({ ...view(held), blocked: "The bottle has stopped." }, held, all)).toBe("The bottle has stopped.");
  });

  test("findings stand on the lines of the new text", () => {
    expect([...findingsByLine(held.push.findings, "src/config.ts").keys()]).toEqual([12]);
    expect(findingsByLine(held.push.findings, "logo.png").size).toBe(0);
  });

  test("a push in one line", () => {
    expect(pushLine(held.push)).toBe("main, 3 commits, 2 findings");
    expect(refWords({ ref: "refs/tags/v1", old: "0".repeat(40), new: "1".repeat(40), kind: "create" })).toBe("tag v1, new");
  });
});

describe("GIT-6: unified hunks as lines", () => {
  test("numbers of both sides", () => {
    const lines = patchLines(files[0]!.patch).flatMap((line) =>
      line.kind === "added" || line.kind === "removed" ? [[line.kind, line.before, line.after]] : [],
    );
    expect(lines).toEqual([
      ["removed", 11, null],
      ["added", null, 11],
      ["added", null, 12],
      ["added", null, 13],
      ["added", null, 14],
    ]);
  });

  test("what is no patch is shown raw, and all of it", () => {
    expect(patchLines("@@ nonsense\n+x")).toEqual([
      { kind: "raw", text: "@@ nonsense" },
      { kind: "raw", text: "+x" },
    ]);
    expect(patchLines("")).toEqual([]);
  });
});
