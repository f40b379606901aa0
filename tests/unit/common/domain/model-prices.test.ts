import { describe, expect, test } from "vitest";
import { PRICES_AS_OF, priceOf, tokensOf, usdAtMost, usdOf } from "#common/domain/model-prices.ts";

const MILLION = 1_000_000;
const usage = { model: "", input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

describe("MAN-6: list prices", () => {
  test.each([
    ["claude-opus-4-5-20251101", 5, 25],
    ["claude-opus-4-1-20250805", 15, 75],
    ["claude-sonnet-4-5-20250929", 3, 15],
    ["claude-3-5-haiku-20241022", 0.8, 4],
    ["anthropic/claude-haiku-4-5", 1, 5],
    ["us.anthropic.claude-sonnet-4-20250514-v1:0", 3, 15],
    ["gpt-5-codex", 1.25, 10],
    ["gpt-5-2025-08-07", 1.25, 10],
    ["gpt-5-mini", 0.25, 2],
    ["gpt-4o-mini-2024-07-18", 0.15, 0.6],
    ["GPT-4.1", 2, 8],
    ["openrouter/anthropic/claude-opus-4.6", 5, 25],
    ["claude-sonnet-4-6[1m]", 3, 15],
    ["claude-3-5-haiku-latest", 0.8, 4],
    ["gpt-5.3-codex", 1.75, 14],
    ["o3-2025-04-16", 2, 8],
  ])("%s costs %d in and %d out", (model, input, output) => expect(priceOf(model)).toMatchObject({ input, output }));

  test.each(["", "unknown", "gpt-5-pro-max", "gpt-6", "claude", "claude-opus-4-50", "llama-4", "not-claude-opus-4-5", "__proto__"])(
    "of %j nothing is known",
    (model) => {
      expect(priceOf(model)).toBeNull();
      expect(usdOf({ ...usage, model, input: 5 })).toBeNull();
    },
  );

  test("tokens from the cache have prices of their own", () => {
    const read = { ...usage, model: "claude-sonnet-4-5", cacheRead: MILLION };
    expect(usdOf(read)).toBeCloseTo(0.3);
    expect(usdOf({ ...read, cacheRead: 0, cacheWrite: MILLION })).toBeCloseTo(3.75);
    expect(tokensOf({ ...read, input: 1, output: 2, cacheWrite: 3 })).toBe(MILLION + 6);
  });

  test("a model without a price is never cheaper than one with a price", () => {
    const of = (model: string) => usdAtMost({ model, input: 3, output: 4, cacheRead: 5, cacheWrite: 6 });
    for (const model of ["claude-opus-4-1", "claude-sonnet-4-5", "gpt-5", "gpt-5.4-pro"])
      expect(of("made-up")).toBeGreaterThanOrEqual(of(model));
  });

  test("the list says how old it is", () => expect(PRICES_AS_OF).toMatch(/^20\d\d-\d\d$/));
});
