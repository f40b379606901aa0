import { mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type Docker from "dockerode";
import type { Slug } from "#common/domain/names.ts";
import type { ImageSpec, LaunchPlan } from "../../../main/backends/backend.ts";
import type { DockerBackend } from "../../../main/backends/docker/docker-backend.ts";
import { createDockerBackend } from "../../../main/backends/docker/docker-backend.ts";
import { lazyEngine } from "../../../main/backends/docker/engine/connect.ts";
import { describeTestImages } from "../../support/docker/stand-in-images.ts";
import { recordProgress, testPlan } from "../../support/docker/test-plan.ts";

const ROUNDS = 7;
const CROWD_ROUNDS = 2;

/** Start of a bottle against bare runs of the same two images (DESIGN §5), interleaved, as ratios of medians. */
export async function run(): Promise<Record<string, number>> {
  const cacheDir = await mkdtemp(join(tmpdir(), "bot-bottle-bench-"));
  try {
    const bench = await prepare(cacheDir);
    await timeBottles(bench, 1);
    const single = await compare(
      ROUNDS,
      () => timeBottles(bench, 1),
      () => timeBareRuns(bench, 1),
    );
    const crowd = await compare(
      CROWD_ROUNDS,
      () => timeBottles(bench, 10),
      () => timeBareRuns(bench, 10),
    );
    return {
      startVsTwoRuns: single.ratio,
      tenVsTwentyRuns: crowd.ratio,
      startMs: single.ours,
      twoRunsMs: single.bare,
      tenMs: crowd.ours,
      twentyRunsMs: crowd.bare,
    };
  } finally {
    await rm(cacheDir, { recursive: true, force: true });
  }
}

interface Bench {
  readonly backend: DockerBackend;
  readonly engine: Docker;
  readonly images: { readonly agent: ImageSpec; readonly bundle: ImageSpec };
}

async function prepare(cacheDir: string): Promise<Bench> {
  const surroundings = { env: process.env, homeDir: homedir() };
  const backend = createDockerBackend({ ...surroundings, cacheDir });
  const images = await describeTestImages();
  await backend.buildImages([images.agent, images.bundle], { detail: () => {} }, AbortSignal.timeout(900_000));
  return { backend, images, engine: await lazyEngine(surroundings).client() };
}

async function compare(rounds: number, ours: () => Promise<number>, bare: () => Promise<number>) {
  const times = { ours: [] as number[], bare: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    times.bare.push(await bare());
    times.ours.push(await ours());
  }
  const [oursMedian, bareMedian] = [median(times.ours), median(times.bare)];
  return { ours: Math.round(oursMedian), bare: Math.round(bareMedian), ratio: Number((oursMedian / bareMedian).toFixed(2)) };
}

async function timeBottles({ backend, images }: Bench, count: number): Promise<number> {
  const plans = Array.from({ length: count }, (): LaunchPlan => testPlan(images));
  const began = performance.now();
  try {
    await Promise.all(plans.map((plan) => backend.launch(plan, recordProgress(), AbortSignal.timeout(120_000))));
    return performance.now() - began;
  } finally {
    await Promise.all(plans.map(({ slug }: { slug: Slug }) => backend.stop(slug, 0)));
  }
}

/** What anybody would do by hand: create and start, twice a bottle, with the engine's defaults. */
async function timeBareRuns({ engine, images }: Bench, count: number): Promise<number> {
  const containers: Docker.Container[] = [];
  const bareRun = async (image: ImageSpec) => {
    const container = await engine.createContainer({ Image: image.ref, Entrypoint: [], Cmd: ["bash", "-l"], Tty: true, OpenStdin: true });
    containers.push(container);
    await container.start();
  };
  const began = performance.now();
  try {
    // One by one, as a person or a script runs two containers; crowds are started together.
    if (count === 1) for (const image of [images.bundle, images.agent]) await bareRun(image);
    else
      await Promise.all(
        Array.from({ length: count }, () => [images.bundle, images.agent])
          .flat()
          .map(bareRun),
      );
    return performance.now() - began;
  } finally {
    await Promise.all(containers.map((container) => container.remove({ force: true, v: true }).catch(() => {})));
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
