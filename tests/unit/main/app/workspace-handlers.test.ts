import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { workspaceHandlers } from "../../../../main/app/workspace-handlers.ts";
import { createTopicBus } from "../../../../main/ipc/topic-bus.ts";
import { workspaceFiles } from "../../../../main/workspace/workspace-files.ts";
import type { TestServices } from "../../../support/test-services.ts";
import { testServices } from "../../../support/test-services.ts";
import { workspaceTar } from "../../../support/workspace/bottle-tar.ts";
import type { HostTree } from "../../../support/workspace/host-tree.ts";
import { hostTree } from "../../../support/workspace/host-tree.ts";

let world: TestServices;
let host: HostTree;

beforeEach(async () => {
  world = await testServices();
  host = await hostTree({ "a.txt": "a\n", "b.txt": "b\n" });
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
});

async function start(copyWorkspace?: boolean): Promise<string> {
  const request = { agent: "demo", workspace: host.path, ...(copyWorkspace === undefined ? {} : { copyWorkspace }) };
  const running = await world.services.starter.begin(request, () => undefined);
  await running.finished;
  return running.slug;
}

/** The window's side; every reading of the clock is a second later, so that nothing is throttled away. */
function panel() {
  const bus = createTopicBus();
  const told: unknown[] = [];
  bus.subscribe((topic, payload) => void told.push([topic, payload]));
  let time = 0;
  return { told, handlers: workspaceHandlers({ bringBack: world.services.bringBack, bus, now: () => (time += 1000) }) };
}

async function bottleHolds(tree: Parameters<typeof workspaceTar>[0]): Promise<void> {
  const tar = await workspaceTar(tree);
  world.backend.workspaceTar = () => [tar];
}

describe("a start with a folder (ENV-4)", () => {
  it("copies it unless told otherwise, and remembers what it copied", async () => {
    const slug = await start();
    expect(await world.services.registry.read(slug)).toMatchObject({ workspace: host.path, copyWorkspace: true });
    expect(await readdir(world.home.bottleState(slug))).toContain("workspace.jsonl.gz");
    expect(await world.services.require(slug)).toMatchObject({ workspace: host.path });
  });

  it("only uses its agents when it is not to be copied", async () => {
    const slug = await start(false);
    expect(world.backend.plans[0]?.workspace).toBeNull();
    expect(await world.services.registry.read(slug)).toMatchObject({ workspace: host.path, copyWorkspace: false });
    expect(await world.services.require(slug)).toMatchObject({ workspace: null });
    await expect(panel().handlers["workspace.changes"]({ slug })).rejects.toMatchObject({ code: "not-permitted" });
  });

  it("says in the preflight how much it is, or that it is not copied (BTL-1)", async () => {
    const preflight = (copyWorkspace: boolean) =>
      world.services.starter.preflight({ agent: "demo", workspace: host.path, copyWorkspace }, AbortSignal.timeout(5000));
    expect((await preflight(true)).workspace).toEqual({ hostPath: host.path, guestPath: "/home/agent/workspace", files: 2 });
    expect(await preflight(false)).toMatchObject({ workspace: null, warnings: [expect.stringContaining("is not copied")] });
  });

  it("that fails forgets what it copied (BTL-5)", async () => {
    world.backend.launchError = new Error("no space left");
    await expect(start()).rejects.toThrow("no space left");
    expect(await readdir(world.home.state)).toEqual([]);
  });
});

describe("a window that brings changes back (ENV-4)", () => {
  it("compares with progress, applies, and gets the patch", async () => {
    const slug = await start();
    const { handlers, told } = panel();
    await bottleHolds({ "a.txt": "changed\n", "b.txt": "b\n", "c.txt": "new\n" });
    const review = await handlers["workspace.changes"]({ slug });
    expect(review.changes.map(({ path }) => path)).toEqual(["a.txt", "c.txt"]);
    expect(told).toContainEqual(["workspace", { slug, entries: 4, bytes: expect.any(Number) }]);
    expect((await handlers["workspace.patch"]({ slug, digest: review.digest })).patch).toContain("diff --git a/a.txt b/a.txt");
    const done = await handlers["workspace.apply"]({ slug, digest: review.digest, paths: ["a.txt"], overwrite: [] });
    expect(done).toEqual({ applied: ["a.txt"], skipped: [], backup: expect.stringContaining("brought-back") });
    expect(await readFile(join(host.path, "a.txt"), "utf8")).toBe("changed\n");
  });

  it("can cancel while the bottle is read", async () => {
    const slug = await start();
    const { handlers } = panel();
    const reading = Promise.withResolvers<void>();
    world.backend.workspaceTar = async function* () {
      reading.resolve();
      await new Promise(() => undefined);
    };
    const comparing = handlers["workspace.changes"]({ slug });
    await reading.promise;
    await handlers["workspace.cancel"]({ slug });
    await expect(comparing).rejects.toMatchObject({ code: "cancelled" });
  });

  it("keeps what was replaced after the bottle is gone, and nothing else of the workspace", async () => {
    const slug = await start();
    const { handlers } = panel();
    await bottleHolds({ "a.txt": "changed\n", "b.txt": "b\n" });
    const { digest } = await handlers["workspace.changes"]({ slug });
    const { backup } = await handlers["workspace.apply"]({ slug, digest, paths: ["a.txt"], overwrite: [] });
    await world.services.stopper.stop(slug);
    await world.services.stopper.remove(slug);
    expect(await readFile(join(backup as string, "files/a.txt"), "utf8")).toBe("a\n");
    expect(await readdir(world.home.bottleState(slug))).toEqual(["brought-back"]);
    expect(workspaceFiles(world.home, slug).broughtBack).toBe(join(world.home.bottleState(slug), "brought-back"));
  });
});
