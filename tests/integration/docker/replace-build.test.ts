import { mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Slug } from "#common/domain/names.ts";
import type { DockerBackend } from "../../../main/backends/docker/docker-backend.ts";
import { createDockerBackend } from "../../../main/backends/docker/docker-backend.ts";
import { openEvents } from "../../../main/backends/docker/engine/event-stream.ts";
import { mainProcess, recordReplacement, replacementOf } from "../../support/docker/replacement.ts";
import { describeTestImages } from "../../support/docker/stand-in-images.ts";
import { recordProgress, testPlan } from "../../support/docker/test-plan.ts";

const CANARY = "canary-of-the-operator";

describe("the build of an image that an agent asked for (SUP-5, SEC-3)", () => {
  const signal = AbortSignal.timeout(600_000);
  const engine = new Docker();
  let cacheDir: string;
  let backend: DockerBackend;
  let slug: Slug;

  beforeAll(async () => {
    cacheDir = await mkdtemp(join(tmpdir(), "bot-bottle-build-"));
    const operators = {
      PIP_INDEX_URL: `https://${CANARY}.test/simple`,
      npm_config_registry: `https://${CANARY}.test/`,
      SOME_TOKEN: CANARY,
    };
    backend = createDockerBackend({ env: { ...process.env, ...operators }, homeDir: homedir(), cacheDir, longestBuildMs: 10_000 });
    const plan = testPlan(await describeTestImages());
    slug = plan.slug;
    await backend.launch(plan, recordProgress(), signal);
  });
  afterAll(async () => {
    await backend?.stop(slug, 0);
    await rm(cacheDir, { recursive: true, force: true });
  });

  /** Listens when it resolves; `ended` then settles once a container whose command holds the text has been removed. */
  async function watchRemovalOf(text: string): Promise<{ readonly ended: Promise<void> }> {
    const events = await openEvents(engine, { type: ["container"], event: ["create", "destroy"] }, signal);
    const ids = new Set<string>();
    const look = async () => {
      for await (const { Action, Actor } of events) {
        if (Action === "destroy" && ids.has(Actor.ID)) return;
        const container = await engine
          .getContainer(Actor.ID)
          .inspect()
          .catch(() => null);
        if (container?.Config.Cmd?.join(" ").includes(text)) ids.add(Actor.ID);
      }
    };
    return { ended: look() };
  }

  it("is given nothing of the operator's: no file, no build argument, no variable", async () => {
    const look = [
      ...["PIP_INDEX_URL", "NPM_REGISTRY", "GOPROXY", "HTTP_PROXY"].map((name) => `ARG ${name}`),
      'RUN echo "seen: [$PIP_INDEX_URL$NPM_REGISTRY$GOPROXY$HTTP_PROXY]"; env; id; ls -a / .; exit 3',
    ].join("\n");
    const progress = recordReplacement();
    const failed = await backend.replaceAgent(replacementOf(slug, look), progress, signal).catch((error: Error) => error);
    expect(progress.lines).toContain("seen: []");
    expect(`${progress.lines.join("\n")}${JSON.stringify(failed)}`).not.toContain(CANARY);
    expect(progress.lines.join("\n")).not.toContain(".operator-ca.pem");
  });

  it("ends when it takes too long, with all that ran for it, and the agent goes on", async () => {
    const before = await mainProcess(backend, slug);
    const { ended } = await watchRemovalOf("sleep 4245");
    const outcome = backend.replaceAgent(replacementOf(slug, "RUN sleep 4245"), recordReplacement(), signal);
    await expect(outcome).rejects.toMatchObject({ code: "image-missing", message: expect.stringContaining("was not built within") });
    await ended;
    expect(await mainProcess(backend, slug)).toBe(before);
  });

  it("ends when it is cancelled, with all that ran for it", async () => {
    const cancel = new AbortController();
    const { ended } = await watchRemovalOf("sleep 4246");
    const onLine = (line: string) => line.includes("sleeps now") && cancel.abort(new Error("enough"));
    const replacement = replacementOf(slug, "RUN echo sleeps now; sleep 4246");
    await expect(backend.replaceAgent(replacement, recordReplacement(undefined, onLine), cancel.signal)).rejects.toThrow("enough");
    await ended;
  });
});
