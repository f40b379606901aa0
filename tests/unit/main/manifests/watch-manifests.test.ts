import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FollowedWorkspaces } from "../../../../main/manifests/followed-workspaces.ts";
import { watchManifests } from "../../../../main/manifests/watch-manifests.ts";
import type { HomePaths } from "../../../../main/platform/home.ts";
import { homePaths } from "../../../../main/platform/home.ts";

let folder: string;
let home: HomePaths;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "watch-"));
  home = homePaths({ BOT_BOTTLE_HOME: join(folder, "home") });
  await mkdir(home.bottles, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const settle = (check: () => void) => vi.waitFor(check, { timeout: 5000, interval: 10 });

function start(onChange = vi.fn(async () => undefined)) {
  const errors: unknown[] = [];
  const workspaces = new FollowedWorkspaces();
  const watcher = watchManifests({ home, workspaces, onChange, onError: (error) => errors.push(error) });
  return { watcher, onChange, errors, workspaces };
}

test("reports a saved file, also one saved by renaming (MAN-9)", async () => {
  const { watcher, onChange } = start();
  await using _watcher = watcher;
  await writeFile(join(home.bottles, "a.md"), "one");
  await settle(() => expect(onChange).toHaveBeenCalled());
  onChange.mockClear();
  await writeFile(join(home.bottles, ".a.tmp"), "two");
  await rename(join(home.bottles, ".a.tmp"), join(home.bottles, "a.md"));
  await settle(() => expect(onChange).toHaveBeenCalled());
});

test("sees folders that come, go and come again", async () => {
  const { watcher, onChange, errors } = start();
  await using _watcher = watcher;
  await mkdir(home.agents);
  await settle(() => expect(onChange).toHaveBeenCalled());
  await rm(home.bottles, { recursive: true });
  await mkdir(home.bottles);
  onChange.mockClear();
  await writeFile(join(home.agents, "a.md"), "");
  await settle(() => expect(onChange).toHaveBeenCalled());
  onChange.mockClear();
  await writeFile(join(home.bottles, "b.md"), "");
  await settle(() => expect(onChange).toHaveBeenCalled());
  expect(errors).toEqual([]);
});

test("sees agents appear in a workspace that had none", async () => {
  const workspace = join(folder, "work");
  await mkdir(workspace);
  const { watcher, onChange, workspaces } = start();
  workspaces.follow(workspace);
  await using _watcher = watcher;
  await mkdir(join(workspace, ".bot-bottle", "agents"), { recursive: true });
  await settle(() => expect(onChange).toHaveBeenCalled());
  onChange.mockClear();
  await writeFile(join(workspace, ".bot-bottle", "agents", "a.md"), "");
  await settle(() => expect(onChange).toHaveBeenCalled());
});

test("many events become few calls, never two at a time, and the last event is not lost", async () => {
  let running = 0;
  let most = 0;
  let release = () => undefined as void;
  const onChange = vi.fn(async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise<void>((resolve) => {
      release = () => {
        running -= 1;
        resolve();
      };
    });
    return undefined;
  });
  const { watcher } = start(onChange);
  await writeFile(join(home.bottles, "a.md"), "0");
  await settle(() => expect(onChange).toHaveBeenCalledTimes(1));
  for (let index = 0; index < 50; index += 1) await writeFile(join(home.bottles, "a.md"), String(index));
  release();
  await settle(() => expect(onChange).toHaveBeenCalledTimes(2));
  release();
  expect(most).toBe(1);
  await watcher[Symbol.asyncDispose]();
});

test("is silent after it was disposed", async () => {
  const { watcher, onChange } = start();
  await watcher[Symbol.asyncDispose]();
  await writeFile(join(home.bottles, "a.md"), "");
  await using other = watchManifests({
    home,
    workspaces: new FollowedWorkspaces(),
    onChange: async () => undefined,
    onError: () => undefined,
  });
  expect(onChange).not.toHaveBeenCalled();
  expect(other).toBeDefined();
});
