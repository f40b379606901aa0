import { describe, expect, it } from "vitest";
import { TextBudget } from "../../../../main/workspace/text-budget.ts";

const unlike = (letter: string) => Array.from({ length: 20_000 }, (_, line) => `${letter}${line}${line % 7}`).join("\n");

describe("what a comparison spends on diffs (ENV-4, TRM-3)", () => {
  it("keeps no more text than fits, however many files there are", () => {
    const budget = new TextBudget();
    const file = "x".repeat(1024 * 1024);
    const kept = Array.from({ length: 100 }, () => budget.hunks("", file)).filter((hunks) => hunks !== null);
    expect(kept).toHaveLength(32);
  });

  it("gives up on lines in time, and says that everything differs", () => {
    const budget = new TextBudget();
    const began = performance.now();
    const [before, after] = [unlike("a"), unlike("b")];
    for (let file = 0; file < 60; file += 1) {
      const hunks = budget.hunks(before, after);
      if (hunks !== null) expect(hunks[0]).toMatchObject({ oldLines: 20_000, newLines: 20_000 });
    }
    expect(performance.now() - began).toBeLessThan(18_000);
  });

  it("counts nothing where nothing is on either side", () => {
    expect(new TextBudget().hunks("", "")).toEqual([]);
    expect(new TextBudget().hunks("", "a\nb")).toMatchObject([
      { oldLines: 0, newLines: 2, lines: ["+a", "+b", "\\ No newline at end of file"] },
    ]);
  });
});
