import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { BudgetSpent } from "#common/domain/budget.ts";
import type { Ledger } from "../../../../sidecars/init/ledger.ts";
import { SpendingRecord } from "../../../../sidecars/init/spending-record.ts";

function spent(tokens: number): BudgetSpent {
  return { day: "2026-01-01", tokens, usd: 0 };
}

describe("what model calls cost (MAN-6)", () => {
  const written: BudgetSpent[] = [];
  const ledger = { spent: spent(5), noteSpent: (value: BudgetSpent) => void written.push(value) } as unknown as Ledger;

  beforeEach(() => {
    written.length = 0;
    vi.useFakeTimers();
  });
  afterEach(() => vi.useRealTimers());

  test("is written a few times a second at most, and known at once", () => {
    using record = new SpendingRecord(ledger);
    expect(record.latest).toEqual(spent(5));
    for (let tokens = 6; tokens < 1000; tokens++) record.note(spent(tokens));
    expect(record.latest).toEqual(spent(999));
    expect(written).toEqual([]);
    vi.advanceTimersByTime(300);
    expect(written).toEqual([spent(999)]);
  });

  test("is written at the end, and only what is not", () => {
    const record = new SpendingRecord(ledger);
    record.note(spent(7));
    record[Symbol.dispose]();
    record[Symbol.dispose]();
    expect(written).toEqual([spent(7)]);
  });
});
