import { appendFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { EventArchive } from "../../../../main/egress/event-archive.ts";
import { Traffic } from "../../../../main/egress/traffic.ts";
import type { HomePaths } from "../../../../main/platform/home.ts";
import { homePaths } from "../../../../main/platform/home.ts";
import { decision } from "../../../support/test-services.ts";

let home: HomePaths;
const SLUG = "demo-aaaaa";

beforeEach(async () => {
  home = homePaths({ BOT_BOTTLE_HOME: await mkdtemp(join(tmpdir(), "bot-bottle-unit-")) });
});
afterEach(() => rm(home.root, { recursive: true, force: true }));

function event(seq: number, changes = {}) {
  return { seq, time: "2026-11-22T12:00:00.000Z", event: { type: "egress-decision" as const, decision: decision(changes) } };
}

it("keeps each event once and goes on after a torn line (EGR-7)", async () => {
  const archive = new EventArchive(home);
  await archive.append(SLUG, [event(1), event(2)]);
  await appendFile(join(home.bottleState(SLUG), "decisions.jsonl"), '{"seq":3,"ti');
  const other = new EventArchive(home);
  expect(await other.lastSeq(SLUG)).toBe(2);
  expect(await other.append(SLUG, [event(2), event(3)])).toHaveLength(1);
  expect((await archive.read(SLUG, 1)).map(({ seq }) => seq)).toEqual([2, 3]);
});

it("knows how far it came after an event that is longer than any other, such as a change of many routes (EGR-7)", async () => {
  const long = event(2, { reason: "r".repeat(300_000) });
  await new EventArchive(home).append(SLUG, [event(1), long]);
  expect(await new EventArchive(home).lastSeq(SLUG)).toBe(2);
  expect(await new EventArchive(home).append(SLUG, [event(1), long])).toEqual([]);
});

it("rotates by size, keeps the order, and forgets all of it", async () => {
  const archive = new EventArchive(home, 1000);
  for (let seq = 1; seq <= 6; seq++) await archive.append(SLUG, [event(seq)]);
  expect((await readdir(home.bottleState(SLUG))).length).toBeGreaterThan(1);
  const kept = (await archive.read(SLUG)).map(({ seq }) => seq);
  expect(kept).toEqual(kept.toSorted((a, b) => a - b));
  expect(kept.at(-1)).toBe(6);
  expect(await new EventArchive(home, 1000).lastSeq(SLUG)).toBe(6);
  await archive.forget(SLUG);
  expect(await archive.read(SLUG)).toEqual([]);
});

it("counts each decision once, by host, within bounds", () => {
  const traffic = new Traffic();
  traffic.add([event(1), event(2, { verdict: "allowed", rule: "route" })]);
  traffic.add([event(2, { verdict: "allowed" }), event(3, { host: "other.example.org" })]);
  expect([traffic.allowed, traffic.refused]).toEqual([1, 2]);
  expect(traffic.counts()).toMatchObject([
    { host: "packages.example.org", allowed: 1, refused: 1, bytesUp: 20 },
    { host: "other.example.org" },
  ]);
  traffic.add(Array.from({ length: 5000 }, (_each, index) => event(index + 4, { host: `h${index}.example.org` })));
  expect(traffic.counts()).toHaveLength(2000);
});
