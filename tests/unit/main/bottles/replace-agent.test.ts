import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Services } from "../../../../main/app/services.ts";
import type { ReplacementProgress } from "../../../../main/backends/backend.ts";
import type { BottleMetadata } from "../../../../main/bottles/metadata.ts";
import { ownProcessMark } from "../../../../main/bottles/process-mark.ts";
import { AgentReplacer } from "../../../../main/bottles/replace-agent.ts";
import { silentLogger } from "../../../../main/platform/logger.ts";
import type { TestServices } from "../../../support/test-services.ts";
import { startDemo, testServices } from "../../../support/test-services.ts";

const DOCKERFILE = "FROM bot-bottle-agent\nRUN touch /tool\n";
const SILENT: ReplacementProgress = { begin: () => undefined, log: () => undefined, done: () => undefined };
/** A process that is not there any more. */
const GONE = { pid: 1, startedAt: "long ago" };

let world: TestServices;
let slug: string;
beforeEach(async () => {
  world = await testServices();
  slug = await startDemo(world);
});
afterEach(() => world[Symbol.asyncDispose]());

const signal = AbortSignal.timeout(60_000);
const replacerOf = ({ registry }: Services) =>
  new AgentReplacer({ backend: world.backend, registry, home: world.home, logger: silentLogger });
const apply = (dockerfile = DOCKERFILE, services = world.services) => replacerOf(services).apply(slug, dockerfile, SILENT, signal);
const metadata = async () => (await world.services.registry.read(slug)) as BottleMetadata;
const dockerfiles = async () => (await readdir(world.home.bottleState(slug))).filter((name) => name.endsWith(".Dockerfile"));

describe("an approved Dockerfile (SUP-5)", () => {
  it("is compared with the image that the bottle was started on, then with the one approved last", async () => {
    const replacer = replacerOf(world.services);
    expect(await replacer.current(slug)).toBe("FROM bot-bottle-agent\n");
    await apply();
    expect(await replacer.current(slug)).toBe(DOCKERFILE);
    await apply(`${DOCKERFILE}RUN touch /other\n`);
    expect(await replacer.current(slug)).toBe(`${DOCKERFILE}RUN touch /other\n`);
  });

  it("has the agent go on as its manifests said when it was started", async () => {
    await apply();
    expect(world.backend.replacements).toEqual([
      { slug, dockerfile: DOCKERFILE, command: ["sh", "--resumed"], verify: [], confirm: expect.any(Function) },
    ]);
    expect(await metadata()).toMatchObject({ phase: "started", starter: null });
  });

  it("is kept where only the operator can read it, one at a time, and goes with the bottle", async () => {
    await apply();
    await apply(`${DOCKERFILE}ENV A=1\n`);
    const [name = "", ...others] = await dockerfiles();
    expect(others).toEqual([]);
    expect((await stat(join(world.home.bottleState(slug), name))).mode & 0o777).toBe(0o600);
    await world.services.stopper.stop(slug);
    await world.services.stopper.remove(slug);
    await expect(dockerfiles()).rejects.toThrow("ENOENT");
  });

  it("that somebody changed in the state folder is nothing to compare with", async () => {
    await apply();
    const [name = ""] = await dockerfiles();
    await writeFile(join(world.home.bottleState(slug), name), "FROM bot-bottle-agent\nRUN evil\n");
    await expect(replacerOf(world.services).current(slug)).rejects.toMatchObject({ code: "conflict" });
  });

  it("that the agent runs on already is done", async () => {
    await apply();
    await apply();
    expect(world.backend.replacements).toHaveLength(1);
  });

  it("that cannot be built leaves everything as it was", async () => {
    await apply();
    world.backend.onReplace = () => Promise.reject(new Error("no such package"));
    await expect(apply(`${DOCKERFILE}RUN false\n`)).rejects.toThrow("no such package");
    expect(await replacerOf(world.services).current(slug)).toBe(DOCKERFILE);
    expect(await metadata()).toMatchObject({ phase: "started", starter: null });
    expect(await dockerfiles()).toHaveLength(1);
  });

  it("is refused while another is carried out, in this process and in another, and the bottle runs all the time", async () => {
    const building = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    world.backend.onReplace = () => {
      begun.resolve();
      return building.promise;
    };
    const first = apply();
    await begun.promise;
    await expect(apply("FROM bot-bottle-agent\nENV B=1\n")).rejects.toMatchObject({ code: "conflict" });
    await expect(apply("FROM bot-bottle-agent\nENV B=1\n", world.another())).rejects.toMatchObject({ code: "conflict" });
    expect(await world.services.observe(signal)).toMatchObject([{ slug, state: "running", problem: null }]);
    building.resolve();
    await first;
    expect(world.backend.replacements).toHaveLength(1);
  });

  it("is not carried out for a bottle that does not run, nor for one of an earlier version", async () => {
    const started = await metadata();
    await world.services.registry.write({ ...started, replaceable: null });
    await expect(apply()).rejects.toMatchObject({ code: "unsupported" });
    await world.services.registry.write({ ...started, phase: "stopped" });
    await expect(apply()).rejects.toMatchObject({ code: "conflict" });
    await expect(replacerOf(world.services).current("other-abcde")).rejects.toMatchObject({ code: "not-found" });
    expect(world.backend.replacements).toEqual([]);
  });

  it("does not bring a bottle back that was stopped meanwhile", async () => {
    world.backend.onReplace = async () => void (await world.services.stopper.stop(slug));
    await apply().catch(() => undefined);
    expect(await metadata()).toMatchObject({ phase: "stopped" });
  });
});

describe("a replacement whose process was killed (BTL-5)", () => {
  const interrupt = async () => world.services.registry.write({ ...(await metadata()), phase: "replacing", starter: GONE });

  it("is finished by whoever looks next, with what the engine says the agent runs on", async () => {
    await apply();
    await world.services.registry.write({ ...(await metadata()), phase: "replacing", starter: GONE, dockerfile: null });
    expect(await world.another().observe(signal)).toMatchObject([{ slug, state: "running" }]);
    expect(await metadata()).toMatchObject({ phase: "started", starter: null });
    expect(await replacerOf(world.services).current(slug)).toBe(DOCKERFILE);
  });

  it("is taken back, and another can follow", async () => {
    await interrupt();
    await world.services.planCleanup(signal);
    expect(await metadata()).toMatchObject({ phase: "started", starter: null, dockerfile: null });
    await apply();
    expect(world.backend.replacements).toHaveLength(1);
  });

  it("stays one to finish while the engine cannot be asked", async () => {
    await interrupt();
    const { settleReplacement } = world.backend;
    world.backend.settleReplacement = () => Promise.reject(new Error("no engine answers"));
    expect(await world.services.observe(signal)).toMatchObject([{ slug }]);
    expect(await metadata()).toMatchObject({ phase: "replacing" });
    world.backend.settleReplacement = settleReplacement;
    await world.services.observe(signal);
    expect(await metadata()).toMatchObject({ phase: "started" });
  });

  it("is left alone while its process lives", async () => {
    const own = ownProcessMark();
    await world.services.registry.write({ ...(await metadata()), phase: "replacing", starter: own });
    await world.services.observe(signal);
    expect(await metadata()).toMatchObject({ phase: "replacing", starter: own });
    expect(await readFile(join(world.home.bottleState(slug), "metadata.json"), "utf8")).toContain('"replacing"');
  });
});
