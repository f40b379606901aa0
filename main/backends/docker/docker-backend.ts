import { join } from "node:path";
import type Docker from "dockerode";
import type { Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { Backend, BackendStatus, ImageSpec, Progress } from "../backend.ts";
import { lazyEngine } from "./engine/connect.ts";
import type { EngineAddress, EngineSurroundings } from "./engine/engine-address.ts";
import { asOperatorError, engineReason, engineStatus } from "./engine/engine-error.ts";
import { BaseImage, imageExists } from "./images/base-image.ts";
import { ImageStore } from "./images/image-store.ts";
import { GUEST, GUEST_USER } from "./launch/container-options.ts";
import { launchBottle } from "./launch/launch-bottle.ts";
import { TrustStore } from "./launch/trust-store.ts";
import { DOCKERFILE_LABEL, objectNames } from "./names.ts";
import { listBottles } from "./observe.ts";
import { replaceAgent } from "./replace/replace-agent.ts";
import { settleAgents } from "./replace/settle.ts";
import { EngineInfo, RuntimeChooser } from "./runtime.ts";
import { openAgentTerminal } from "./streams/agent-terminal.ts";
import { copyOut } from "./streams/copy-out.ts";
import { followTerminal } from "./streams/follow-terminal.ts";
import { openControlChannel, openGuestExec, openGuestShell } from "./streams/guest-exec.ts";
import { findRemnants, removeRemnants, stopContainers } from "./teardown.ts";
import { watchBottles } from "./watch.ts";

export interface DockerBackendDeps extends EngineSurroundings {
  /** For what is slow to get again: base images under way, roots of images, what a trial of the runtime showed. */
  readonly cacheDir: string;
  readonly now?: () => number;
  /** How long a build of an agent's own Dockerfile may take. */
  readonly longestBuildMs?: number;
}

const LONGEST_BUILD_MS = 30 * 60_000;

export interface DockerBackend extends Backend {
  /** Builds what is missing ahead of the first start. */
  buildImages(images: readonly ImageSpec[], progress: Pick<Progress, "detail">, signal: AbortSignal): Promise<void>;
}

/** Bottles as containers, through the Engine API alone (BKD-2): nothing rests on the engine being on this machine. */
export function createDockerBackend(deps: DockerBackendDeps): DockerBackend {
  const now = deps.now ?? Date.now;
  const cacheDir = join(deps.cacheDir, "docker");
  const { client, address } = lazyEngine(deps);
  const images = new ImageStore({ env: deps.env, base: new BaseImage({ env: deps.env, cacheDir, address }) });
  const runtimes = new RuntimeChooser({ forced: deps.env.BOT_BOTTLE_RUNTIME || null, cacheDir, now });
  const trust = new TrustStore(cacheDir);

  const withEngine = async <T>(work: (engine: Docker) => Promise<T>): Promise<T> => {
    try {
      return await work(await client());
    } catch (error) {
      throw asOperatorError(error);
    }
  };
  /** The container of a running bottle; its absence is told as such. */
  const within = <T>(slug: Slug, part: "agent" | "bundle", work: (engine: Docker, container: Docker.Container) => Promise<T>): Promise<T> =>
    withEngine(async (engine) => {
      const name = objectNames(slug)[part];
      return await work(engine, engine.getContainer(name)).catch((error: unknown) => Promise.reject(asBottleError(error, slug, part)));
    });
  const asGuest = (engine: Docker, container: Docker.Container) => ({ engine, container, user: GUEST_USER });

  return {
    name: "docker",
    guest: GUEST,
    status: (signal) => statusOf(client, address, runtimes, signal),
    hasImage: (image) => withEngine((engine) => imageExists(engine, image.ref)),
    buildImages: (wanted, progress, signal) =>
      withEngine(async (engine) => {
        for (const image of wanted) await images.ensure(engine, image, (text) => progress.detail(text), signal);
      }),
    launch: (plan, progress, signal) =>
      withEngine((engine) => launchBottle({ engine, images, runtimes, trust, now }, plan, progress, signal)),
    replaceAgent: (replacement, progress, signal) =>
      within(replacement.slug, "agent", (engine) =>
        replaceAgent({ engine, trust, longestBuildMs: deps.longestBuildMs ?? LONGEST_BUILD_MS }, replacement, progress, signal),
      ),
    settleReplacement: (slug) =>
      withEngine(async (engine) => {
        await settleAgents(engine, slug);
        const agent = await engine.getContainer(objectNames(slug).agent).inspect().catch(ignoreMissing);
        return agent?.Config.Labels[DOCKERFILE_LABEL] ?? null;
      }),
    list: () => withEngine((engine) => listBottles(engine, now())),
    watch: (onChange, onGap) => watchBottles(client, onChange, onGap),
    openControl: (slug, signal) => within(slug, "bundle", (engine, bundle) => openControlChannel(asGuest(engine, bundle), signal)),
    openTerminal: (slug, size, signal) =>
      within(slug, "agent", (engine, { id }) =>
        followTerminal(engine, id, (agent, screen) => openAgentTerminal(agent, screen, signal), size),
      ),
    openShell: (slug, argv, size, signal) =>
      within(slug, "agent", (engine, agent) => openGuestShell(asGuest(engine, agent), argv, size, signal)),
    exec: (slug, argv, signal) => within(slug, "agent", (engine, agent) => openGuestExec(asGuest(engine, agent), argv, signal)),
    copyOut: (slug, path, signal) => within(slug, "agent", (_engine, agent) => copyOut(agent, path, signal)),
    stop: (slug, graceSeconds) =>
      withEngine(async (engine) => {
        if (graceSeconds > 0) await stopContainers(engine, slug, graceSeconds);
        return await removeRemnants(engine, await findRemnants(engine, slug));
      }),
    remnants: () => withEngine((engine) => findRemnants(engine, null)),
    remove: (remnants) => withEngine((engine) => removeRemnants(engine, remnants)),
  };
}

async function statusOf(
  client: () => Promise<Docker>,
  address: () => Promise<EngineAddress>,
  runtimes: RuntimeChooser,
  signal: AbortSignal,
): Promise<BackendStatus> {
  const label = "docker";
  try {
    const isLocal = (await address()).kind === "socket";
    const info = EngineInfo.parse(await (await client()).info());
    const { runtime, problem } = await runtimes.known(info);
    const hint = problem === null ? null : "Update runsc on the engine's machine, or set BOT_BOTTLE_RUNTIME to choose a runtime.";
    return {
      available: true,
      label: `${label} · ${isLocal ? "local engine" : info.Name}`,
      version: info.ServerVersion,
      runtime,
      problem,
      hint,
    };
  } catch (error) {
    signal.throwIfAborted();
    const known = asOperatorError(error);
    const hint = known instanceof OperatorError ? known.hint : null;
    return { available: false, label, version: null, runtime: null, problem: engineReason(known), hint };
  }
}

function asBottleError(error: unknown, slug: Slug, part: "agent" | "bundle"): unknown {
  const status = engineStatus(error);
  if (status === 404)
    return new OperatorError("not-found", {
      message: `there is no bottle ${slug} on this engine`,
      hint: "bot-bottle list shows those there are.",
      cause: error,
    });
  if (status !== 409) return error;
  if (/is paused/i.test(engineReason(error)))
    return new OperatorError("conflict", {
      message: `the agent of ${slug} is being moved to a new image`,
      hint: "Try again in a moment.",
      cause: error,
    });
  const what = part === "agent" ? "agent" : "sidecar bundle";
  return new OperatorError("conflict", {
    message: `the ${what} of ${slug} is not running`,
    hint: "Stop the bottle and start another.",
    cause: error,
  });
}

function ignoreMissing(error: unknown): null {
  if (engineStatus(error) === 404) return null;
  throw error;
}
