import { createHash } from "node:crypto";
import type Docker from "dockerode";
import type { Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import { abortable } from "../../../platform/deadline.ts";
import type { AgentReplacement, ReplacementProgress, ReplacementStep } from "../../backend.ts";
import { asOperatorError, engineReason, engineStatus } from "../engine/engine-error.ts";
import { buildReplacement } from "../images/replacement-image.ts";
import { agentContainer } from "../launch/container-options.ts";
import { copyIn } from "../launch/copy-in.ts";
import { prepareGuest } from "../launch/prepare-guest.ts";
import type { TrustStore } from "../launch/trust-store.ts";
import { BASE_IMAGE_LABEL, DOCKERFILE_LABEL, objectNames, SLUG_LABEL } from "../names.ts";
import { otherAgentAddress } from "../subnets.ts";
import { moveHome } from "./move-home.ts";
import type { RunningAgent } from "./running-agent.ts";
import { beingReplaced, findRunningAgent } from "./running-agent.ts";
import { settleAgents } from "./settle.ts";
import { requireStaying } from "./stay.ts";

export interface ReplaceDeps {
  readonly engine: Docker;
  readonly trust: TrustStore;
  /** How long a build may take. */
  readonly longestBuildMs: number;
}

interface Replacing extends ReplaceDeps {
  readonly replacement: AgentReplacement;
  readonly progress: ReplacementProgress;
  readonly signal: AbortSignal;
}

/**
 * Moves an agent to another image (SUP-5). The old one is frozen, not ended, until the new one has proven that it runs: whatever
 * fails before, the old one goes on in the middle of what it did.
 */
export async function replaceAgent(
  deps: ReplaceDeps,
  replacement: AgentReplacement,
  progress: ReplacementProgress,
  signal: AbortSignal,
): Promise<void> {
  const replacing: Replacing = { ...deps, replacement, progress, signal };
  const { engine, longestBuildMs: longestMs } = deps;
  const old = await findRunningAgent(engine, replacement.slug);
  const { base, limits } = old;
  const image = await inStep(replacing, "build", () =>
    buildReplacement(engine, { ...replacement, base, limits, longestMs }, (line) => progress.log(line), signal),
  );
  try {
    progress.begin("create");
    await change(replacing, old, await createNext(replacing, old, image), image);
  } catch (error) {
    await dropImage(engine, image);
    throw error;
  }
  await dropOtherImages(engine, replacement.slug, image);
}

async function inStep<T>({ progress, signal }: Replacing, step: ReplacementStep, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  progress.begin(step);
  const result = await work();
  signal.throwIfAborted();
  progress.done(step);
  return result;
}

/** Its name is taken once: of two replacements at the same time one ends here, before it touched the agent. */
async function createNext({ engine, replacement }: Replacing, old: RunningAgent, image: string): Promise<Docker.Container> {
  const { slug, dockerfile, command, verify } = replacement;
  const names = objectNames(slug);
  const labels = {
    ...old.labels,
    [SLUG_LABEL]: slug,
    [BASE_IMAGE_LABEL]: old.base,
    [DOCKERFILE_LABEL]: createHash("sha256").update(dockerfile).digest("hex"),
  };
  const { env, workdir, limits, init, bundleAddress: bundle } = old;
  const plan = { slug, agentImage: { ref: image }, command, verify, env, workdir, limits };
  // The old one keeps its address, so that it could go on at any time.
  const subnet = { bundle, agent: otherAgentAddress(bundle, old.address) };
  const options = agentContainer({ plan, names, labels, subnet, init }, old.runtime);
  try {
    return await engine.createContainer({ ...options, name: names.nextAgent });
  } catch (error) {
    throw engineStatus(error) === 409 ? beingReplaced(slug) : error;
  }
}

/** From here on the new container is there; what fails is undone by the same steps that mend a crash. */
async function change(replacing: Replacing, old: RunningAgent, next: Docker.Container, image: string): Promise<void> {
  const { engine, replacement, progress, signal } = replacing;
  try {
    signal.throwIfAborted();
    progress.done("create");
    await inStep(replacing, "pause", () => old.container.pause());
    await inStep(replacing, "copy", () => fill(replacing, old, next, image));
    await inStep(replacing, "start", () => start(replacing, next));
    await inStep(replacing, "ready", () => requireStaying(next, signal));
    await abortable(replacement.confirm?.() ?? Promise.resolve(), signal);
    await takeOver(engine, replacement.slug, old.container, next);
  } catch (error) {
    throw await takenBack(engine, replacement, signal.aborted ? signal.reason : asOperatorError(error));
  }
}

async function fill({ engine, trust, signal }: Replacing, old: RunningAgent, next: Docker.Container, image: string): Promise<void> {
  await moveHome(old.container, next, signal);
  const entries = await trust.entries(engine, next, image, old.caCertificate);
  await copyIn({ container: next, root: "/", entries, workspace: null }, signal);
}

async function start({ engine, replacement, progress, signal }: Replacing, next: Docker.Container): Promise<void> {
  await next.start();
  await next.resize({ w: 120, h: 32 }).catch(() => {});
  const plan = { verify: replacement.verify, agentEntries: [] };
  await prepareGuest({ engine, agent: next, plan, detail: (text) => progress.log(text), signal });
}

/** Once the old one has given up its name, the new one stays: settling finishes that, here as after a crash. */
async function takeOver(engine: Docker, slug: Slug, old: Docker.Container, next: Docker.Container): Promise<void> {
  const names = objectNames(slug);
  await old.rename({ name: names.previousAgent });
  // What cannot be removed yet is no failure of the new agent; whoever settles next finds it.
  const unsettled = await settleAgents(engine, slug).then(() => null, engineReason);
  const { Id } = await engine.getContainer(names.agent).inspect();
  if (Id !== next.id) throw new Error(unsettled ?? "it ended just when it was to take over");
}

/** What is to be told of a failure, once the old agent goes on. */
async function takenBack(engine: Docker, { slug }: AgentReplacement, error: unknown): Promise<unknown> {
  try {
    await settleAgents(engine, slug);
  } catch (cause) {
    return new OperatorError("teardown-incomplete", {
      message: `${slug} could not be moved to the new image (${engineReason(error)}), nor be put back yet: ${engineReason(cause)}`,
      hint: "Once the engine answers, `bot-bottle list` puts it back",
      cause: error,
    });
  }
  if (engineStatus(error) === null) return error;
  return new OperatorError("start-failed", {
    message: `The agent could not be started on its new image: ${engineReason(error)}`,
    hint: "It goes on on the old one. Edit the Dockerfile, or reject the proposal with a note",
    cause: error,
  });
}

/** Images that were made for this bottle before. */
async function dropOtherImages(engine: Docker, slug: Slug, kept: string): Promise<void> {
  const filters = JSON.stringify({ label: [`${SLUG_LABEL}=${slug}`] });
  const images = await engine.listImages({ filters }).catch(() => []);
  const others = images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((ref) => ref !== kept);
  for (const ref of others) await dropImage(engine, ref);
}

/** One that an agent runs on stays: the engine refuses. */
async function dropImage(engine: Docker, ref: string): Promise<void> {
  await engine
    .getImage(ref)
    .remove()
    .catch(() => undefined);
}
