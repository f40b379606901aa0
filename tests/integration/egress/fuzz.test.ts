import { expect, test } from "vitest";
import { fuzzEgress } from "../../fuzz/egress/fuzz.ts";

const SECONDS = 30;

test("EGR-2, EGR-3: half a minute of mutated requests crashes nothing, and nothing refused is forwarded", async () => {
  const seed = Date.now() % 2 ** 32;
  const report = await fuzzEgress({ seed, requests: Number.POSITIVE_INFINITY, ms: SECONDS * 1000 });
  expect(report.wrongs, `run it again with: npm run fuzz -- --seed ${seed}`).toEqual([]);
  expect(report.forwarded).toBeGreaterThan(100);
  expect(report.refused).toBeGreaterThan(100);
});
