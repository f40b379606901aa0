import { describe, expect, test } from "vitest";
import type { Budget, BudgetSpent } from "#common/domain/budget.ts";
import type { TokenUsage } from "#common/domain/decision.ts";
import { DayBudget } from "../../../../sidecars/egress/budget.ts";
import type { ManualClock } from "./manual-clock.ts";
import { manualClock } from "./manual-clock.ts";

const HOUR = 3_600_000;

function usage(more: Partial<TokenUsage> = {}): TokenUsage {
  return { model: "claude-sonnet-4-5", input: 0, output: 0, cacheRead: 0, cacheWrite: 0, ...more };
}

function budgetOf(more: Partial<Budget>, spent: BudgetSpent | null = null, clock: ManualClock = manualClock()) {
  const posted: BudgetSpent[] = [];
  const budget: Budget = { tokensPerDay: null, usdPerDay: null, onLimit: "stop", timeZone: "UTC", ...more };
  return { day: new DayBudget({ budget, spent, clock, onSpent: (sum) => posted.push(sum) }), posted, clock };
}

describe("MAN-6: a budget a day", () => {
  test("stops once the tokens are spent, whatever kind they are, and says so once", () => {
    const { day, posted } = budgetOf({ tokensPerDay: 100 });
    expect(day.add(usage({ input: 50, cacheRead: 40 }))).toBeNull();
    expect(day.refusal()).toBeNull();
    expect(day.add(usage({ output: 6, cacheWrite: 4 }))).toBe("the day's budget of 100 tokens is reached");
    expect(day.add(usage({ output: 1 }))).toBeNull();
    expect(day.refusal()).toMatchObject({ rule: "budget", status: 403, reason: expect.stringContaining("100 tokens") });
    expect(posted.map(({ tokens }) => tokens)).toEqual([90, 100, 101]);
  });

  test("warns where it shall only warn", () => {
    const { day } = budgetOf({ tokensPerDay: 10, onLimit: "warn" });
    expect(day.add(usage({ input: 10 }))).toContain("reached");
    expect(day.refusal()).toBeNull();
  });

  test("counts dollars at list prices, and a model without one as the dearest", () => {
    const known = budgetOf({ usdPerDay: 3 });
    known.day.add(usage({ input: 999_999 }));
    expect(known.day.refusal()).toBeNull();
    known.day.add(usage({ input: 1 }));
    expect(known.day.refusal()).not.toBeNull();
    const unknown = budgetOf({ usdPerDay: 30 });
    expect(unknown.day.add(usage({ model: "made-up-1", input: 1_000_000 }))).toContain("30 dollars");
  });

  test("begins anew at the operator's midnight", () => {
    const clock = manualClock("2026-11-22T22:30:00.000Z");
    const { day, posted } = budgetOf({ tokensPerDay: 5, timeZone: "Europe/Berlin" }, null, clock);
    day.add(usage({ input: 5 }));
    expect(day.refusal()).not.toBeNull();
    clock.advance(HOUR);
    expect(day.refusal()).toBeNull();
    day.add(usage({ input: 1 }));
    expect(posted.map(({ day: name, tokens }) => [name, tokens])).toEqual([
      ["2026-11-22", 5],
      ["2026-11-23", 1],
    ]);
  });

  test("a restart does not give back what was spent that day, and forgets what was spent on another", () => {
    expect(budgetOf({ tokensPerDay: 5 }, { day: "2026-11-22", tokens: 5, usd: 0 }).day.refusal()).not.toBeNull();
    expect(budgetOf({ tokensPerDay: 5 }, { day: "2026-11-21", tokens: 5, usd: 0 }).day.refusal()).toBeNull();
  });

  test("a time zone that is not known counts as UTC", () => {
    expect(budgetOf({ tokensPerDay: 5, timeZone: "Nowhere/Land" }, { day: "2026-11-22", tokens: 5, usd: 0 }).day.refusal()).not.toBeNull();
  });
});
