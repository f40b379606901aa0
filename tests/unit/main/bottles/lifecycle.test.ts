import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OperatorError } from "#common/domain/operator-error.ts";
import { ownProcessMark } from "../../../../main/bottles/process-mark.ts";
import type { TestServices } from "../../../support/test-services.ts";
import { decision, proposal, route, startDemo, testServices } from "../../../support/test-services.ts";

let world: TestServices;
const AUTH = route("api.example.org", { auth: { scheme: "Bearer", tokenRef: "API_TOKEN", inject: "always" } });

beforeEach(async () => {
  world = await testServices([AUTH]);
  world.secrets.set("API_TOKEN", "canary-value");
});
afterEach(() => world[Symbol.asyncDispose]());

describe("a start", () => {
  it("is running with the credentials its routes name in the bundle's memory only (BTL-1, SID-4, ENV-3)", async () => {
    const slug = await startDemo(world);
    expect(slug).toMatch(/^demo-[a-z0-9]{5}$/);
    expect(world.backend.bundle(slug).secrets.get("API_TOKEN")).toBe("canary-value");
    const [plan] = world.backend.plans;
    expect(JSON.stringify([plan, plan?.bundleEntries("10.9.8.7", { capability: true })])).not.toContain("canary-value");
    expect(await world.services.observe(AbortSignal.timeout(1000))).toMatchObject([
      { slug, state: "running", backend: "docker", agent: "demo" },
    ]);
  });

  it("writes metadata that only the operator can read (BTL-3)", async () => {
    const slug = await startDemo(world);
    const file = join(world.home.bottleState(slug), "metadata.json");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({
      slug,
      agent: "demo",
      backend: "docker",
      phase: "started",
      starter: null,
    });
    expect(await readFile(file, "utf8")).not.toContain("canary");
  });

  it("that fails leaves nothing behind and says why (BTL-5)", async () => {
    world.backend.launchError = new Error("no space left");
    await expect(startDemo(world)).rejects.toThrow("no space left");
    expect(world.backend.bottles.size).toBe(0);
    expect(await world.services.registry.folders()).toEqual([]);
  });

  it("that is cancelled leaves nothing behind (BTL-5)", async () => {
    const start = await world.services.starter.begin({ agent: "demo", workspace: null }, () => undefined);
    start.cancel();
    await expect(start.finished).rejects.toMatchObject({ code: "cancelled" });
    expect(world.backend.bottles.size).toBe(0);
    expect(await readdir(world.home.state)).toEqual([]);
    expect(start.steps.map(({ state }) => state)).not.toContain("running");
  });

  it("ends when the credential it needs cannot be had, and says which", async () => {
    world.secrets.clear();
    await expect(startDemo(world)).rejects.toMatchObject({ code: "secret-missing", message: expect.stringContaining("API_TOKEN") });
    expect(world.backend.bottles.size).toBe(0);
  });

  it("is refused without an engine, before anything is written", async () => {
    world.backend.available = false;
    await expect(startDemo(world)).rejects.toMatchObject({ code: "engine-unavailable" });
    expect(await world.services.registry.folders()).toEqual([]);
  });

  it.each(["0", "-1", "soon", "1e999"])("is refused for SUPERVISE_RESPONSE_TIMEOUT_SECONDS=%s (SUP-2)", async (value) => {
    await using other = await testServices([], { SUPERVISE_RESPONSE_TIMEOUT_SECONDS: value });
    await expect(startDemo(other)).rejects.toThrow("SUPERVISE_RESPONSE_TIMEOUT_SECONDS must be a positive number");
  });
});

describe("a list", () => {
  it("shows a start whose process is gone as an error, not as starting for ever (BTL-5)", async () => {
    const slug = await startDemo(world);
    const metadata = await world.services.registry.read(slug);
    await world.services.registry.write({ ...metadata!, phase: "starting", starter: { pid: process.pid, startedAt: "long ago" } });
    expect(await world.services.observe(AbortSignal.timeout(1000))).toMatchObject([
      { state: "error", problem: expect.stringContaining("interrupted") },
    ]);
  });

  it("shows what the engine lost as stopped, and what only the engine has by its labels (D12)", async () => {
    const slug = await startDemo(world);
    const labels = world.backend.bottles.get(slug)!.labels;
    world.backend.bottles.set("lost-aaaaa", { labels: { ...labels, "bot-bottle.agent": "lost" }, bundle: null });
    world.backend.bottles.set("alien-aaaaa", { labels: { "bot-bottle.home": "another" }, bundle: null });
    world.backend.bottles.delete(slug);
    const shown = await world.services.observe(AbortSignal.timeout(1000));
    expect(shown.map(({ slug: name, state }) => [name, state])).toEqual([
      ["lost-aaaaa", "running"],
      [slug, "stopped"],
    ]);
  });

  it("sees no trouble in a bottle whose parts are being removed, unless the one who stops it is gone", async () => {
    const slug = await startDemo(world);
    const metadata = await world.services.registry.read(slug);
    const states = async () => (await world.services.observe(AbortSignal.timeout(1000))).map(({ state, problem }) => [state, problem]);
    await world.services.registry.write({ ...metadata!, phase: "stopping", starter: ownProcessMark() });
    expect(await states()).toEqual([["running", null]]);
    world.backend.bottles.delete(slug);
    expect(await states()).toEqual([["stopped", null]]);
    await world.services.registry.write({ ...metadata!, phase: "stopping", starter: { pid: process.pid, startedAt: "long ago" } });
    expect(await states()).toEqual([["stopped", expect.stringContaining("are gone")]]);
  });

  it("guesses nothing while the engine cannot be asked (D12)", async () => {
    await startDemo(world);
    world.backend.available = false;
    expect(await world.services.observe(AbortSignal.timeout(1000))).toMatchObject([
      { state: "error", problem: expect.stringContaining("no engine answers") },
    ]);
  });

  it("reads metadata with an unknown backend as docker (BTL-3)", async () => {
    const slug = await startDemo(world);
    const metadata = await world.services.registry.read(slug);
    await world.services.registry.write({ ...metadata!, backend: "mainframe" as never });
    expect(await world.services.registry.read(slug)).toMatchObject({ backend: "docker" });
  });
});

describe("a stop", () => {
  it("keeps what the bundle still had to say, withdraws proposals, and leaves audit and metadata (BTL-5, SUP-7)", async () => {
    const slug = await startDemo(world);
    await world.services.links.get(slug).connected(1000);
    world.backend.bundle(slug).file(proposal(slug));
    world.backend.bundle(slug).emit({ type: "egress-decision", decision: decision() });
    await world.services.stopper.stop(slug);
    expect(world.backend.bottles.size).toBe(0);
    expect((await world.services.archive.read(slug)).map(({ event }) => event.type)).toEqual(["proposal-filed", "egress-decision"]);
    expect(await world.services.inbox.list()).toMatchObject([{ status: "withdrawn" }]);
    expect(await world.services.audit.list(slug)).toMatchObject([{ action: "withdrawn" }]);
    expect(await world.services.observe(AbortSignal.timeout(1000))).toMatchObject([{ slug, state: "stopped", problem: null }]);
    await world.services.stopper.remove(slug);
    expect(await readdir(world.home.bottleState(slug))).toEqual(["audit.jsonl"]);
  });

  it("of a bottle that is not there says so", async () => {
    await expect(world.services.stopper.stop("demo-zzzzz")).rejects.toMatchObject({ code: "not-found" });
  });

  it("reports what could not be removed, by name (BTL-5)", async () => {
    const slug = await startDemo(world);
    world.backend.stuck = `bot-bottle-${slug}`;
    const failure = await world.services.stopper.stop(slug).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OperatorError);
    expect(failure).toMatchObject({ code: "teardown-incomplete", message: expect.stringContaining(`bot-bottle-${slug}: in use`) });
  });
});

describe("cleanup", () => {
  it("takes what belongs to no bottle, and leaves running ones and those of other homes alone (BTL-5)", async () => {
    const running = await startDemo(world);
    const stopped = await startDemo(world);
    await world.services.stopper.stop(stopped);
    const orphan = { slug: "gone-aaaaa", kind: "network", name: "bot-bottle-gone-aaaaa-internal" } as const;
    const foreign = {
      slug: "alien-aaaaa",
      kind: "container",
      name: "bot-bottle-alien-aaaaa",
      labels: { "bot-bottle.home": "another" },
    } as const;
    world.backend.extra.push(orphan, foreign);
    const plan = await world.services.planCleanup(AbortSignal.timeout(1000));
    expect(plan.remnants.map(({ slug, kind }) => [slug, kind])).toEqual([
      ["gone-aaaaa", "network"],
      [stopped, "folder"],
    ]);
    await world.services.applyCleanup(plan);
    expect(world.backend.extra).toEqual([foreign]);
    expect((await world.services.observe(AbortSignal.timeout(1000))).map(({ slug }) => slug)).toEqual([running]);
    expect((await world.services.planCleanup(AbortSignal.timeout(1000))).remnants).toEqual([]);
  });
});
