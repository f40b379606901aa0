import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { HomePaths } from "../../../../main/platform/home.ts";
import { homePaths } from "../../../../main/platform/home.ts";
import { Snoozes } from "../../../../main/proposals/snoozes.ts";

let home: HomePaths;
let now = Date.parse("2026-11-22T12:00:00.000Z");
const open: Snoozes[] = [];
const snoozes = () => {
  const made = new Snoozes(home, { now: () => new Date(now) });
  open.push(made);
  return made;
};
const later = (ms: number) => new Date(now + ms).toISOString();

beforeEach(async () => {
  home = homePaths({ BOT_BOTTLE_HOME: await mkdtemp(join(tmpdir(), "bot-bottle-snooze-")) });
});
afterEach(async () => {
  for (const each of open.splice(0)) each[Symbol.dispose]();
  await rm(home.root, { recursive: true, force: true });
});

it("outlives the panel, and every client knows (SUP-4)", async () => {
  await snoozes().set(["demo-aaaaa.1", "demo-aaaaa.2"], later(60_000));
  expect(await snoozes().list()).toHaveLength(2);
  await snoozes().set(["demo-aaaaa.1"], null);
  expect(await snoozes().list()).toEqual([{ id: "demo-aaaaa.2", until: later(60_000) }]);
});

it("loses none where several clients snooze at once", async () => {
  await Promise.all(Array.from({ length: 8 }, (_each, index) => snoozes().set([`demo-aaaaa.${index}`], later(60_000))));
  expect(await snoozes().list()).toHaveLength(8);
});

it("wakes in time, and says so", async () => {
  const woken = Promise.withResolvers<void>();
  const own = snoozes();
  own.changed.subscribe((all) => void (all.length === 0 && woken.resolve()));
  await own.set(["demo-aaaaa.1"], later(20));
  expect(await own.list()).toHaveLength(1);
  now += 1000;
  await woken.promise;
  expect(await own.list()).toEqual([]);
});

it.each(["../x.1", "demo-aaaaa.1/..", "", "a".repeat(5000)])("takes no id such as %j", async (id) => {
  await expect(snoozes().set([id], later(1000))).rejects.toMatchObject({ code: "bad-input" });
});

it("does not sleep until a time that is over, nor by a file that it cannot read", async () => {
  await expect(snoozes().set(["demo-aaaaa.1"], later(-1))).rejects.toMatchObject({ code: "bad-input" });
  await snoozes().set(["demo-aaaaa.1"], later(1000));
  for (const text of ["{", '[{"id":"../../x","until":"never"}]', "null"]) {
    await writeFile(join(home.state, "snoozed.json"), text);
    expect(await snoozes().list()).toEqual([]);
  }
});
