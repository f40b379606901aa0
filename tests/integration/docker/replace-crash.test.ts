import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import Docker from "dockerode";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Slug } from "#common/domain/names.ts";
import type { ReplacementStep } from "../../../main/backends/backend.ts";
import type { DockerBackend } from "../../../main/backends/docker/docker-backend.ts";
import { createDockerBackend } from "../../../main/backends/docker/docker-backend.ts";
import { remainsOf } from "../../support/docker/remains.ts";
import { mainProcess } from "../../support/docker/replacement.ts";
import { runInGuest } from "../../support/docker/run-in-guest.ts";
import { describeTestImages } from "../../support/docker/stand-in-images.ts";
import { recordProgress, testPlan } from "../../support/docker/test-plan.ts";

const PROGRAM = join(import.meta.dirname, "../../support/docker/replacing-process.ts");

describe("a panel that is killed while it replaces an agent (BTL-5, SUP-5)", () => {
  const signal = AbortSignal.timeout(900_000);
  const engine = new Docker();
  let cacheDir: string;
  let backend: DockerBackend;
  let slug: Slug;
  let before: { process: string; remains: string[] };

  beforeAll(async () => {
    cacheDir = await mkdtemp(join(tmpdir(), "bot-bottle-replace-"));
    backend = createDockerBackend({ env: process.env, homeDir: homedir(), cacheDir });
  });
  afterAll(() => rm(cacheDir, { recursive: true, force: true }));

  async function launch(): Promise<void> {
    const plan = testPlan(await describeTestImages());
    slug = plan.slug;
    await backend.launch(plan, recordProgress(), signal);
    await runInGuest(backend, slug, "echo kept > ~/file");
    before = { process: await mainProcess(backend, slug), remains: (await remainsOf(slug)).toSorted() };
  }

  async function killAt(step: ReplacementStep): Promise<void> {
    const child = spawn(process.execPath, [PROGRAM, slug, cacheDir], { stdio: ["ignore", "pipe", "inherit"] });
    const closed = once(child, "close");
    for await (const line of createInterface({ input: child.stdout })) if (line === step) break;
    child.kill("SIGKILL");
    await closed;
  }

  const container = (suffix: string) => engine.getContainer(`bot-bottle-${slug}${suffix}`);
  const state = async () => (await backend.list(signal)).filter((bottle) => bottle.slug === slug);
  const onNewImage = async () => (await runInGuest(backend, slug, "cat ~/file; ls /opt/new-image 2>/dev/null")).stdout;

  async function expectTakenBack(): Promise<void> {
    expect(await mainProcess(backend, slug)).toBe(before.process);
    expect((await remainsOf(slug)).toSorted()).toEqual(before.remains);
    expect(await onNewImage()).toBe("kept\n");
  }

  async function expectReplaced(): Promise<void> {
    expect(await onNewImage()).toBe("kept\n/opt/new-image\n");
    expect((await remainsOf(slug)).toSorted()).toEqual(before.remains);
  }

  describe("before the new agent takes the name", () => {
    beforeAll(launch);
    afterAll(() => backend.stop(slug, 0));

    it.each<ReplacementStep>(["build", "create", "pause", "copy", "start", "ready"])(
      "at %s: the bottle is seen to run, and settled its agent goes on as the process that it was",
      async (step) => {
        await killAt(step);
        expect(await state()).toMatchObject([{ state: "running", problem: null }]);
        // An engine finishes what it was asked to create, also after whoever asked is gone.
        await vi.waitFor(
          async () => {
            expect(await backend.settleReplacement(slug)).toBeNull();
            await expectTakenBack();
          },
          { timeout: 30_000, interval: 500 },
        );
      },
    );

    it("and two settle it at once: one of them does", async () => {
      await killAt("copy");
      await Promise.all([backend.settleReplacement(slug), backend.settleReplacement(slug).catch(() => null)]);
      expect(await backend.settleReplacement(slug)).toBeNull();
      await expectTakenBack();
    });

    it("and where nothing is under way nothing is changed", async () => {
      expect(await backend.settleReplacement(slug)).toBeNull();
      await expectTakenBack();
    });
  });

  describe("when the new agent has proven itself", () => {
    beforeEach(async () => {
      await launch();
      await killAt("ready");
      await container("").rename({ name: `bot-bottle-${slug}-previous` });
    });
    afterEach(() => backend.stop(slug, 0));

    it("between the two names: the new one stays", async () => {
      expect(await state()).toMatchObject([{ state: "running", problem: null }]);
      expect(await backend.settleReplacement(slug)).toMatch(/^[0-9a-f]{64}$/);
      await expectReplaced();
    });

    it("between the two names, and it ended since: the old one goes on", async () => {
      await container("-next").kill();
      expect(await backend.settleReplacement(slug)).toBeNull();
      await expectTakenBack();
    });

    it("before the old one was removed: it goes", async () => {
      await container("-next").rename({ name: `bot-bottle-${slug}` });
      expect(await backend.settleReplacement(slug)).toMatch(/^[0-9a-f]{64}$/);
      await expectReplaced();
    });

    it("and the bottle is stopped: nothing remains", async () => {
      expect((await backend.stop(slug, 0)).failed).toEqual([]);
      expect(await remainsOf(slug)).toEqual([]);
    });
  });
});
