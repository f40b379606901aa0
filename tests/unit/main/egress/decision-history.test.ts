import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DecisionHistory } from "../../../../main/egress/decision-history.ts";
import { EventArchive } from "../../../../main/egress/event-archive.ts";
import type { HomePaths } from "../../../../main/platform/home.ts";
import { homePaths } from "../../../../main/platform/home.ts";
import { decision } from "../../../support/test-services.ts";

let home: HomePaths;
const SLUG = "demo-aaaaa";

beforeEach(async () => {
  home = homePaths({ BOT_BOTTLE_HOME: await mkdtemp(join(tmpdir(), "bot-bottle-unit-")) });
});
afterEach(() => rm(home.root, { recursive: true, force: true }));

function event(seq: number) {
  return { seq, time: "2026-11-22T12:00:00.000Z", event: { type: "egress-decision" as const, decision: decision({ path: `/${seq}` }) } };
}

const seqs = async (history: DecisionHistory, slug = SLUG) => (await history.of(slug)).map(({ seq }) => seq);

describe("the record in memory (EGR-7)", () => {
  it("grows by what another client archived, each decision once, also when asked twice at a time", async () => {
    const archive = new EventArchive(home);
    const history = new DecisionHistory(new EventArchive(home));
    expect(await seqs(history)).toEqual([]);
    await archive.append(SLUG, [event(1), event(2)]);
    expect(await Promise.all([seqs(history), seqs(history)])).toEqual([
      [1, 2],
      [1, 2],
    ]);
    await archive.append(SLUG, [event(3)]);
    expect(await seqs(history)).toEqual([1, 2, 3]);
    expect((await history.of(SLUG))[2]?.text).toContain("/3");
  });

  it("goes on over rotations and torn lines, and keeps nothing of what is forgotten", async () => {
    const archive = new EventArchive(home, 1000);
    const history = new DecisionHistory(archive);
    for (let seq = 1; seq <= 9; seq++) {
      await archive.append(SLUG, [event(seq)]);
      if (seq % 2 === 0) await history.of(SLUG);
    }
    expect(await seqs(history)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await appendFile(join(home.bottleState(SLUG), "decisions.jsonl"), '{"seq":10,"ti');
    expect((await seqs(history)).at(-1)).toBe(9);
    await archive.append(SLUG, [event(10)]);
    expect((await seqs(history)).at(-1)).toBe(10);
    await archive.forget(SLUG);
    expect(await seqs(history)).toEqual([]);
  });

  it("holds no more than it may, of the bottles that were looked at last, and reads others anew", async () => {
    const archive = new EventArchive(home);
    const history = new DecisionHistory(archive, 4);
    const slugs = ["a-aaaaa", "b-aaaaa", "c-aaaaa", "d-aaaaa", "e-aaaaa"];
    for (const slug of slugs) await archive.append(slug, [event(1), event(2)]);
    for (const slug of [...slugs, ...slugs]) expect(await seqs(history, slug)).toEqual([1, 2]);
    expect(await history.of("e-aaaaa")).toBe(await history.of("e-aaaaa"));
    await archive.append("a-aaaaa", [event(3), event(4), event(5)]);
    expect(await seqs(history, "a-aaaaa")).toEqual([2, 3, 4, 5]);
  });

  it("the newest events come from as few files as hold them", async () => {
    const archive = new EventArchive(home, 1000);
    for (let seq = 1; seq <= 9; seq++) await archive.append(SLUG, [event(seq)]);
    const newest = await archive.newest(SLUG, "egress-decision", 2);
    expect(newest.length).toBeLessThan(9);
    expect(newest.slice(-2).map(({ seq }) => seq)).toEqual([8, 9]);
  });
});
