import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { HomePaths } from "../../../../main/platform/home.ts";
import { homePaths } from "../../../../main/platform/home.ts";
import { ProposalStore } from "../../../../main/proposals/proposal-store.ts";
import { egressRequest, proposal } from "../../../support/test-services.ts";

let home: HomePaths;
let store: ProposalStore;

beforeEach(async () => {
  home = homePaths({ BOT_BOTTLE_HOME: await mkdtemp(join(tmpdir(), "bot-bottle-store-")) });
  store = new ProposalStore(home);
});
afterEach(() => rm(home.root, { recursive: true, force: true }));

async function put(slug: string, text: string): Promise<string> {
  const file = join(home.bottleState(slug), "proposals.json");
  await mkdir(home.bottleState(slug), { recursive: true });
  await writeFile(file, text);
  return file;
}

it("reads a file once, and again when any process wrote it anew (SUP-3)", async () => {
  await store.save("demo-aaaaa", [proposal("demo-aaaaa")]);
  const [first] = await store.loadAll();
  expect((await store.loadAll())[0]).toBe(first);
  await new ProposalStore(home).save("demo-aaaaa", [proposal("demo-aaaaa"), proposal("demo-aaaaa", egressRequest(), 2)]);
  expect(await store.loadAll()).toHaveLength(2);
  await rm(home.bottleState("demo-aaaaa"), { recursive: true });
  expect(await store.loadAll()).toEqual([]);
});

it("notices a file of the same size and time that is another", async () => {
  const file = await put("demo-aaaaa", JSON.stringify([proposal("demo-aaaaa", egressRequest(), 1)]));
  await utimes(file, 1, 1);
  expect((await store.loadAll())[0]?.id).toBe("demo-aaaaa.1");
  await put("demo-aaaaa", JSON.stringify([proposal("demo-aaaaa", egressRequest(), 2)]));
  await utimes(file, 1, 1);
  expect((await store.loadAll())[0]?.id).toBe("demo-aaaaa.2");
});

it.each([
  ["not JSON", "{"],
  ["deeply nested", "[".repeat(100_000)],
  ["of another shape", '[{"id":"demo-aaaaa.1"}]'],
  ["numbers that are none", '[{"id":NaN}]'],
  ["another bottle's", JSON.stringify([proposal("other-bbbbb")])],
  ["an id of another bottle's", JSON.stringify([{ ...proposal("demo-aaaaa"), id: "other-bbbbb.1" }])],
  ["an id that climbs", JSON.stringify([{ ...proposal("demo-aaaaa"), id: "demo-aaaaa/../x.1" }])],
])("says nothing where the file holds what is %s", async (_name, text) => {
  await put("demo-aaaaa", text);
  expect(await store.loadAll()).toEqual([]);
});

it("follows no link, neither a file's nor a folder's, and reads no folder by another name", async () => {
  const outside = join(home.root, "outside");
  await mkdir(outside, { recursive: true });
  await writeFile(join(outside, "proposals.json"), JSON.stringify([proposal("demo-aaaaa"), proposal("demo-bbbbb")]));
  await mkdir(home.bottleState("demo-aaaaa"), { recursive: true });
  await symlink(join(outside, "proposals.json"), join(home.bottleState("demo-aaaaa"), "proposals.json"));
  await symlink(outside, home.bottleState("demo-bbbbb"));
  expect(await store.loadAll()).toEqual([]);
  for (const name of ["../outside", "..", "demo-aaaaa/../../outside"]) expect(await store.load(name)).toEqual([]);
});
