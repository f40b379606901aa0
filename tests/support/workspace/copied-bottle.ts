import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import type { Slug } from "#common/domain/names.ts";
import type { WorkspaceChanges } from "#common/ipc/workspace-methods.ts";
import type { Backend } from "../../../main/backends/backend.ts";
import { createDockerBackend } from "../../../main/backends/docker/docker-backend.ts";
import { systemClock } from "../../../main/platform/clock.ts";
import type { HomePaths } from "../../../main/platform/home.ts";
import { homePaths } from "../../../main/platform/home.ts";
import { BringBack } from "../../../main/workspace/bring-back.ts";
import { workspaceCopy } from "../../../main/workspace/copy-in.ts";
import { workspaceFiles } from "../../../main/workspace/workspace-files.ts";
import type { GuestResult } from "../docker/run-in-guest.ts";
import { runInGuest } from "../docker/run-in-guest.ts";
import { describeTestImages } from "../docker/stand-in-images.ts";
import { recordProgress, testPlan } from "../docker/test-plan.ts";
import type { HostTree, Tree } from "./host-tree.ts";
import { hostTree } from "./host-tree.ts";

/** A real bottle that a folder was copied into, without the rest of the product. */
export interface CopiedBottle extends AsyncDisposable {
  readonly slug: Slug;
  readonly host: HostTree;
  readonly home: HomePaths;
  readonly bringBack: BringBack;
  /** What the copy said on the way. */
  readonly told: readonly string[];
  /** As the agent, in the workspace. */
  sh(script: string): Promise<GuestResult>;
  changes(): Promise<WorkspaceChanges>;
}

const GUEST_PATH = "/home/node/workspace";

export function dockerForTests(cacheDir: string): Backend {
  return createDockerBackend({ env: process.env, homeDir: homedir(), cacheDir });
}

export function bringBackOn(backend: Backend, home: HomePaths): BringBack {
  return new BringBack({ home, clock: systemClock, copyOut: (slug, path, signal) => backend.copyOut(slug, path, signal) });
}

export async function copiedBottle(tree: Tree | ((root: string) => Promise<void>)): Promise<CopiedBottle> {
  const signal = AbortSignal.timeout(600_000);
  await using made = new AsyncDisposableStack();
  const host = made.use(await hostTree(typeof tree === "function" ? {} : tree));
  if (typeof tree === "function") await tree(host.path);
  const state = made.use(await hostTree());
  const home = homePaths({ BOT_BOTTLE_HOME: state.path });
  const backend = dockerForTests(process.env.BOT_BOTTLE_TEST_CACHE ?? state.path);
  const told: string[] = [];
  const base = testPlan(await describeTestImages(), { workdir: GUEST_PATH });
  await mkdir(home.bottleState(base.slug), { recursive: true });
  const workspace = workspaceCopy({
    hostPath: host.path,
    guestPath: GUEST_PATH,
    recordFile: workspaceFiles(home, base.slug).record,
    now: () => performance.now(),
    tell: (text) => void told.push(text),
  });
  made.defer(async () => void (await backend.stop(base.slug, 0)));
  await backend.launch({ ...base, workspace }, recordProgress(), signal);
  const bringBack = bringBackOn(backend, home);
  const stack = made.move();
  return {
    slug: base.slug,
    host,
    home,
    bringBack,
    told,
    sh: (script) => runInGuest(backend, base.slug, script),
    changes: () => bringBack.changes(base.slug, () => undefined, signal),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
