import { describe, expect, test } from "vitest";
import { runStages, sum, table, tallyLine } from "../../../main/setup/stages.mjs";

const stage = (name: string, passed: number, failed: number, skipped = 0) => ({ name, run: async () => ({ passed, failed, skipped }) });

describe("npm test's account of itself", () => {
  test("a failed stage does not hide the ones after it", async () => {
    const results = await runStages([stage("lint", 0, 1), stage("unit", 12, 0, 2)]);
    expect(results.map(({ name }) => name)).toEqual(["lint", "unit"]);
    expect(tallyLine(sum(results))).toBe("12 passed, 1 failed, 2 skipped");
  });

  test("without skipped tests the line is exactly two counts", () => {
    expect(tallyLine({ passed: 3, failed: 0, skipped: 0 })).toBe("3 passed, 0 failed");
  });

  test("the table marks what failed", async () => {
    const lines = table(await runStages([stage("lint", 0, 1), stage("unit", 1, 0)])).split("\n");
    expect(lines[0]).toMatch(/^✗ lint /);
    expect(lines[1]).toMatch(/^✓ unit /);
  });
});
