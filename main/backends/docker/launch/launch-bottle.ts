import type Docker from "dockerode";
import { OperatorError } from "#common/domain/operator-error.ts";
import { BUNDLE_STATE_DIR } from "#common/wire/ports.ts";
import type { GuestEntry, LaunchPlan, Progress } from "../../backend.ts";
import { asOperatorError, engineReason, engineStatus } from "../engine/engine-error.ts";
import type { ImageStore } from "../images/image-store.ts";
import { CREATED_LABEL, objectNames, RUNTIME_LABEL, SLUG_LABEL } from "../names.ts";
import type { RuntimeChooser } from "../runtime.ts";
import { EngineInfo, showsFiles } from "../runtime.ts";
import type { BottleSubnet } from "../subnets.ts";
import { findRemnants, removeRemnants } from "../teardown.ts";
import type { BottleGround } from "./container-options.ts";
import { agentContainer, bundleContainer } from "./container-options.ts";
import { copyIn } from "./copy-in.ts";
import { createEgressNetwork, createInternalNetwork } from "./networks.ts";
import { entriesBeforeStart, prepareGuest } from "./prepare-guest.ts";
import type { TrustStore } from "./trust-store.ts";

export interface LaunchDeps {
  readonly engine: Docker;
  readonly images: ImageStore;
  readonly runtimes: RuntimeChooser;
  readonly trust: TrustStore;
  readonly now: () => number;
}

interface Launch extends LaunchDeps {
  readonly plan: LaunchPlan;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

interface Containers {
  readonly agent: Docker.Container;
  readonly bundle: Docker.Container;
  readonly subnet: Pick<BottleSubnet, "bundle">;
  readonly runtime: string;
}

/** One bottle, in few round trips (D3). Whatever fails or interrupts it, nothing of it stays (BTL-5). */
export async function launchBottle(deps: LaunchDeps, plan: LaunchPlan, progress: Progress, signal: AbortSignal): Promise<void> {
  const launch: Launch = { ...deps, plan, progress, signal };
  const [info] = await allSettledOrThrow([deps.engine.info(), refuseTaken(launch)]);
  await inStep(launch, "image", () => ensureImages(launch));
  try {
    await makeAndStart(launch, EngineInfo.parse(info));
    signal.throwIfAborted();
  } catch (error) {
    const left = await removeAll(launch);
    throw startFailed(signal.aborted ? signal.reason : asOperatorError(error), left);
  }
}

async function inStep<T>({ progress, signal }: Launch, step: Parameters<Progress["begin"]>[0], work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  progress.begin(step);
  const result = await work();
  signal.throwIfAborted();
  progress.done(step);
  return result;
}

/** Also keeps the removal after a failure from ever touching a bottle that was there before. */
async function refuseTaken({ engine, plan }: Launch): Promise<void> {
  if ((await findRemnants(engine, plan.slug)).length === 0) return;
  throw new OperatorError("conflict", {
    message: `the engine already has something of a bottle named ${plan.slug}`,
    hint: `Stop it first: bot-bottle stop ${plan.slug}`,
  });
}

async function ensureImages({ images, engine, plan, progress, signal }: Launch): Promise<void> {
  const detail = (text: string) => progress.detail(text);
  await allSettledOrThrow([
    images.ensure(engine, plan.bundleImage, detail, signal),
    images.ensure(engine, plan.agentImage, detail, signal),
  ]);
}

async function makeAndStart(launch: Launch, info: EngineInfo): Promise<void> {
  const { engine, plan, runtimes, progress } = launch;
  const { runtime, problem } = await runtimes.choose(engine, info, plan.agentImage.ref);
  if (problem !== null) progress.detail(problem);
  const labels = { ...plan.labels, [SLUG_LABEL]: plan.slug };
  const subnet = await inStep(launch, "networks", () => createGround(launch, labels));
  const containers = await createAndFill(launch, { subnet, runtime, labels, init: info.InitCommit.ID !== "N/A" });
  await inStep(launch, "start", () => startBoth(launch, containers));
}

type Labels = Record<string, string>;
type Common = Omit<BottleGround, "plan" | "names"> & { readonly runtime: string };

/** What containers are created on. Nothing here is cut short by an abort: the engine would finish what it began, unseen, after the removal. */
async function createGround({ engine, plan }: Launch, labels: Labels): Promise<BottleSubnet> {
  const { internalNetwork, stateVolume } = objectNames(plan.slug);
  const [subnet] = await allSettledOrThrow([
    createInternalNetwork(engine, internalNetwork, labels),
    engine.createVolume({ Name: stateVolume, Labels: labels }),
  ]);
  return subnet;
}

/**
 * The egress network takes the engine longest, which writes the host's rules for it, and nothing needs it before the bundle
 * starts: it is made while the containers are created and filled.
 */
async function createAndFill(launch: Launch, common: Common): Promise<Containers> {
  const { engine, plan } = launch;
  const egressNetwork = createEgressNetwork(engine, objectNames(plan.slug).egressNetwork, { ...common.labels });
  const filled = async () => {
    const containers = await inStep(launch, "create", () => createBoth(launch, common));
    await inStep(launch, "copy", () =>
      allSettledOrThrow([copyAll(launch, containers), egressNetwork.then(() => connectOut(launch, containers.bundle))]),
    );
    return containers;
  };
  const [containers] = await allSettledOrThrow([filled(), egressNetwork]);
  return containers;
}

async function createBoth({ engine, plan, now }: Launch, { runtime, ...common }: Common): Promise<Containers> {
  const labels = { ...common.labels, [CREATED_LABEL]: new Date(now()).toISOString(), [RUNTIME_LABEL]: runtime };
  const ground = { ...common, plan, labels, names: objectNames(plan.slug) };
  const [agent, bundle] = await allSettledOrThrow([
    engine.createContainer(agentContainer(ground, runtime)),
    engine.createContainer(bundleContainer(ground)),
  ]);
  return { agent, bundle, subnet: common.subnet, runtime };
}

/** Before it starts, so that the bundle's way out is there from its first moment. */
async function connectOut({ engine, plan, signal }: Launch, bundle: Docker.Container): Promise<void> {
  signal.throwIfAborted();
  await engine.getNetwork(objectNames(plan.slug).egressNetwork).connect({ Container: bundle.id });
}

async function copyAll({ engine, plan, trust, signal }: Launch, { agent, bundle, subnet, runtime }: Containers): Promise<void> {
  const agentFiles = async () => {
    const roots = await trust.entries(engine, agent, plan.agentImage.ref, plan.caCertificate);
    await copyIn({ container: agent, root: "/", entries: [...entriesBeforeStart(plan), ...roots], workspace: plan.workspace }, signal);
  };
  // One owner for all: the bundle runs as this user and nobody else is in there.
  const entries = plan
    .bundleEntries(subnet.bundle, { capability: showsFiles(runtime) })
    .map((entry): GuestEntry => ({ ...entry, owner: "guest" }));
  await allSettledOrThrow([agentFiles(), copyIn({ container: bundle, root: BUNDLE_STATE_DIR, entries, workspace: null }, signal)]);
}

/** The bundle first: it takes a moment to serve, which the agent's start fills. */
async function startBoth({ engine, plan, progress, signal }: Launch, { agent, bundle }: Containers): Promise<void> {
  signal.throwIfAborted();
  await bundle.start();
  signal.throwIfAborted();
  plan.onBundleRunning?.();
  await agent.start();
  // Programs draw at once; until somebody attaches they get a usual screen.
  await agent.resize({ w: 120, h: 32 }).catch(() => {});
  await prepareGuest({ engine, agent, plan, detail: (text) => progress.detail(text), signal });
}

async function removeAll({ engine, plan }: Launch): Promise<readonly string[]> {
  try {
    const report = await removeRemnants(engine, await findRemnants(engine, plan.slug));
    return report.failed.map(({ remnant, reason }) => `${remnant.kind} ${remnant.name}: ${reason}`);
  } catch (error) {
    return [engineReason(error)];
  }
}

/** Waits for all before it throws the first failure: what still runs would otherwise make things after they were removed. */
async function allSettledOrThrow<T extends readonly unknown[]>(work: { readonly [K in keyof T]: Promise<T[K]> }): Promise<T> {
  await Promise.allSettled(work);
  return (await Promise.all(work)) as unknown as T;
}

function startFailed(error: unknown, left: readonly string[]): unknown {
  if (left.length > 0) {
    return new OperatorError("teardown-incomplete", {
      message: `the start failed (${engineReason(error)}) and not everything could be removed: ${left.join("; ")}`,
      hint: "Run `bot-bottle cleanup`.",
      cause: error,
    });
  }
  if (engineStatus(error) === null) return error;
  return new OperatorError("start-failed", {
    message: `the engine refused: ${engineReason(error)}`,
    hint: hintFor(engineReason(error)),
    cause: error,
  });
}

function hintFor(reason: string): string {
  if (/runsc|gvisor|runtime/i.test(reason)) return "Set BOT_BOTTLE_RUNTIME=runc to start without gVisor, or mend the engine's runtime.";
  return "See the engine's log for details.";
}
