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

  const imagesOf = (label: string, all = false) => engine.listImages({ all, filters: JSON.stringify({ label: [label] }) });

  it("leaves no layer where it fails, and takes none of another bottle's build", async () => {
    const outcome = backend.replaceAgent(replacementOf(slug, "RUN echo layer > /tmp/layer\nRUN false"), recordReplacement(), signal);
    await expect(outcome).rejects.toMatchObject({ code: "image-missing" });
    expect(await imagesOf(`bot-bottle.slug=${slug}`, true)).toEqual([]);
    await backend.replaceAgent(replacementOf(slug, "RUN echo layer > /tmp/layer"), recordReplacement(), signal);
    const other = testPlan(await describeTestImages());
    await using stack = new AsyncDisposableStack();
    stack.defer(async () => void (await backend.stop(other.slug, 0)));
    await backend.launch(other, recordProgress(), signal);
    const progress = recordReplacement();
    await backend.replaceAgent(replacementOf(other.slug, "RUN echo layer > /tmp/layer"), progress, signal);
    expect(progress.lines.filter((line) => line.includes("Using cache"))).toEqual([]);
  });

  it("that ended before its image had a name does not keep the bottle from being removed (BTL-5)", async () => {
    const plan = testPlan(await describeTestImages());
    const container = await engine.createContainer({ Image: plan.agentImage.ref, Labels: { "bot-bottle.slug": plan.slug } });
    await container.commit({ changes: `LABEL bot-bottle.slug=${plan.slug}` });
    const { failed, removed } = await backend.stop(plan.slug, 0);
    expect(failed).toEqual([]);
    expect(removed.map(({ kind }) => kind).toSorted()).toEqual(["container", "image"]);
    expect(await imagesOf(`bot-bottle.slug=${plan.slug}`)).toEqual([]);
  });
});
