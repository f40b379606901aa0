import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ensureHome } from "../../../../main/manifests/first-home.ts";
import { loadManifests } from "../../../../main/manifests/load-manifests.ts";
import type { HomePaths } from "../../../../main/platform/home.ts";
import { homePaths } from "../../../../main/platform/home.ts";

let folder: string;
let home: HomePaths;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "first-home-"));
  home = homePaths({ BOT_BOTTLE_HOME: join(folder, "deep", "home") });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const load = () => loadManifests({ home, workspace: null, providers: ["shell", "claude"] });
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

test("the examples work as they are (UI-5)", async () => {
  expect(await ensureHome(home)).toHaveLength(4);
  const set = await load();
  expect([set.errors, set.warnings]).toEqual([[], []]);
  expect(set.agents.map(({ name, bottle }) => [name, bottle])).toEqual([
    ["claude", "claude"],
    ["demo", "demo"],
  ]);
  expect(set.bottles.map(({ name, settings }) => [name, settings])).toEqual([
    ["claude", { agent_provider: { template: "claude", auth_token: "BOT_BOTTLE_CLAUDE_OAUTH_TOKEN" }, supervise: true }],
    ["demo", { agent_provider: { template: "shell" }, egress: { routes: [{ host: "example.com", methods: ["GET"] }] }, supervise: true }],
  ]);
});

test("everything in the home is the operator's alone", async () => {
  const [file] = await ensureHome(home);
  expect(await Promise.all([home.root, home.bottles, home.agents, file as string].map(modeOf))).toEqual(["700", "700", "700", "600"]);
});

test("a second run adds nothing, and a deleted example stays deleted", async () => {
  await ensureHome(home);
  await rm(join(home.agents, "demo.md"));
  expect(await ensureHome(home)).toEqual([]);
  expect((await load()).agents.map(({ name }) => name)).toEqual(["claude"]);
});

test("what the operator has is not touched", async () => {
  await mkdir(home.bottles, { recursive: true });
  await writeFile(join(home.bottles, "demo.md"), "mine");
  await chmod(home.bottles, 0o755);
  expect(await ensureHome(home)).toEqual([]);
  expect(await readFile(join(home.bottles, "demo.md"), "utf8")).toBe("mine");
});

test("an old manifest stays visible as an error instead of being papered over (MAN-3)", async () => {
  await mkdir(home.root, { recursive: true });
  await writeFile(join(home.root, "bot-bottle.json"), "{}");
  expect(await ensureHome(home)).toEqual([]);
  expect((await load()).errors).toHaveLength(1);
});

test("two programs may make the same home at once", async () => {
  const written = await Promise.all([ensureHome(home), ensureHome(home)]);
  expect(new Set(written.flat()).size).toBeLessThanOrEqual(4);
  expect((await load()).errors).toEqual([]);
});
