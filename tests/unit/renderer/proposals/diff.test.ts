import { describe, expect, test } from "vitest";
import { diffCounts, diffOf } from "../../../../renderer/proposals/diff.ts";

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

  test("32 KiB of one-letter lines that have nothing in common with the live file are counted at once", () => {
    const lines = (letters: string) => Array.from({ length: 16 * 1024 }, (_, at) => letters[at % letters.length]).join("\n");
    const started = performance.now();
    expect(diffCounts(diffOf(lines("abc"), lines("xyz")))).toEqual({ added: 16 * 1024, removed: 16 * 1024 });
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
