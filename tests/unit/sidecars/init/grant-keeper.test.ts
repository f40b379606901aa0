import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RouteTable } from "#common/domain/route.ts";
import { GrantKeeper } from "../../../../sidecars/init/grant-keeper.ts";
import { Journal } from "../../../../sidecars/init/journal.ts";
import { Ledger } from "../../../../sidecars/init/ledger.ts";
import { PolicyBook } from "../../../../sidecars/init/policy-book.ts";
import { route } from "../../../support/bundle/bundle-folder.ts";
import { grant, requests } from "../../../support/bundle/decisions.ts";

const START = new Date("2026-01-01T00:00:00.000Z");
const HOUR_MS = 3_600_000;

function endingAfter(ms: number, id: string): RouteTable["grants"][number] {
  return grant(id, `${id}.example`, { kind: "until", at: new Date(START.getTime() + ms).toISOString() });
}

describe("the end of grants (SUP-5)", () => {
  let folder: string;
  let journal: Journal;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bb-grants-"));
    journal = Journal.open(join(folder, "journal"));
    vi.useFakeTimers({ now: START, toFake: ["setTimeout", "clearTimeout", "Date"] });
  });
  afterEach(() => {
    vi.useRealTimers();
    journal[Symbol.dispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  function keeper(
    grants: RouteTable["grants"],
  ): { grants: GrantKeeper; ledger: Ledger; policy: PolicyBook; enforced: number[] } & Disposable {
    const ledger = Ledger.open(join(folder, "state.json"), { revision: 1, routes: [route("a.example")], grants }, journal);
    const enforced: number[] = [];
    const policy = new PolicyBook({
      ledger,
      now: () => new Date(),
      applyTable: async () => undefined,
      enforceTable: async ({ revision }) => void enforced.push(revision),
      enforceCuts: async () => undefined,
      applySecrets: async () => undefined,
      decided: () => undefined,
      failed: () => undefined,
      tableChanged: () => keep.tableChanged(),
    });
    const keep = new GrantKeeper({ ledger, now: () => new Date(), endGrants: () => policy.endGrants() });
    return { grants: keep, ledger, policy, enforced, [Symbol.dispose]: () => keep[Symbol.dispose]() };
  }

  function ended(): [string, string][] {
    const lines = journal.read(0, 1e6)?.lines ?? [];
    return lines
      .map((line) => JSON.parse(line).event)
      .flatMap((event) => (event.type === "grant-ended" ? [[event.grant.id, event.why]] : []));
  }

  test("each ends at its own time, by a revision of its own", async () => {
    using kept = keeper([
      endingAfter(2 * HOUR_MS, "second"),
      endingAfter(HOUR_MS, "first"),
      grant("life", "life.example", { kind: "life" }),
    ]);
    await kept.grants.start();
    await vi.advanceTimersByTimeAsync(HOUR_MS - 1);
    expect(ended()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(ended()).toEqual([["first", "expired"]]);
    await vi.advanceTimersByTimeAsync(HOUR_MS);
    expect(ended()).toEqual([
      ["first", "expired"],
      ["second", "expired"],
    ]);
    expect(kept.ledger.table).toMatchObject({ revision: 3, grants: [{ id: "life" }] });
    expect(kept.enforced).toEqual([2, 3]);
  });

  test("those that ended while nobody looked end at the start", async () => {
    using kept = keeper([endingAfter(-1, "one"), endingAfter(0, "two"), grant("three", "c.example", requests(2, 0))]);
    await kept.grants.start();
    expect(ended()).toEqual([
      ["one", "expired"],
      ["two", "expired"],
      ["three", "used-up"],
    ]);
    expect(kept.enforced).toEqual([4]);
  });

  test("a machine that slept past the end finds out soon after it woke", async () => {
    using kept = keeper([endingAfter(24 * HOUR_MS, "day")]);
    await kept.grants.start();
    vi.setSystemTime(START.getTime() + 25 * HOUR_MS);
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    expect(ended()).toEqual([["day", "expired"]]);
  });

  test("uses of one turn are one write, count down only, and the last one ends it", async () => {
    using kept = keeper([grant("three", "c.example", requests(3))]);
    await kept.grants.start();
    const written = vi.spyOn(kept.ledger, "noteUse");
    kept.grants.used("three", 2);
    kept.grants.used("three", 1);
    await nextTurn();
    expect(written).toHaveBeenCalledTimes(1);
    expect(kept.ledger.table.grants).toMatchObject([{ limit: { left: 1 } }]);
    kept.grants.used("three", 2);
    kept.grants.used("unknown", 0);
    await nextTurn();
    expect(kept.ledger.table.grants).toMatchObject([{ limit: { left: 1 } }]);
    kept.grants.used("three", 0);
    await nextTurn();
    await vi.advanceTimersByTimeAsync(0);
    expect(ended()).toEqual([["three", "used-up"]]);
    expect(kept.ledger.table).toMatchObject({ revision: 2, grants: [] });
  });

  test("an end that cannot be stored is tried again, and not in a hurry", async () => {
    using kept = keeper([endingAfter(HOUR_MS, "first")]);
    await kept.grants.start();
    const failing = vi.spyOn(kept.ledger, "record").mockImplementation(() => {
      throw new Error("no space left on device");
    });
    await vi.advanceTimersByTimeAsync(HOUR_MS + 30_000);
    expect(failing.mock.calls.length).toBeLessThanOrEqual(4);
    failing.mockRestore();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(ended()).toEqual([["first", "expired"]]);
  });

  test("what was used is written when the bundle stops", () => {
    const kept = keeper([grant("three", "c.example", requests(3))]);
    kept.grants.used("three", 1);
    kept[Symbol.dispose]();
    expect(Ledger.open(join(folder, "state.json"), { revision: 0, routes: [], grants: [] }, journal).table.grants).toMatchObject([
      { limit: { left: 1 } },
    ]);
  });
});
