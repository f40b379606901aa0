import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type Docker from "dockerode";
import type { Product } from "../../../main/app/product.ts";
import { openProduct } from "../../../main/app/product.ts";
import type { ImageSpec } from "../../../main/backends/backend.ts";
import { lazyEngine } from "../../../main/backends/docker/engine/connect.ts";

const ROUNDS = 11;
const CROWD = 10;
const CROWD_ROUNDS = 3;
const AGENT = "bench";

/**
 * How long a bottle takes to start (DESIGN §5), as ratios of medians of interleaved rounds.
 *
 * Ours: the whole use-case as panel and command line call it, from the request to a bottle that is ready, of the built-in
 * `shell` agent with the images of the product: drawing the manifests, preflight, networks, both containers, their files,
 * both starts, the sidecars' own start, the control connection and the bottle's metadata on disk. The images are there, and
 * one start before the first round fills what is kept between starts (roots of the image, the runtime's trial). Stops are
 * not counted.
 *
 * Bare: create and start of the same two images through the Engine API, with the engine's defaults and until the engine says
 * started: for one bottle the two after each other, for ten all twenty at once.
 */
export async function run(): Promise<Record<string, number>> {
  await using stack = new AsyncDisposableStack();
  const bench = await prepare(stack);
  await timeBottles(bench, 1);
  const single = await compare(ROUNDS, bench, 1, timeRunsInTurn);
  const crowd = await compare(CROWD_ROUNDS, bench, CROWD, timeRunsAtOnce);
  return {
    startVsTwoRuns: single.ratio,
    tenVsTwentyRuns: crowd.ratio,
    startMs: single.ours,
    twoRunsMs: single.bare,
    tenMs: crowd.ours,
    twentyRunsMs: crowd.bare,
  };
}

interface Bench {
  readonly product: Product;
  readonly engine: Docker;
  /** What one bottle consists of. */
  readonly images: readonly ImageSpec[];
}

async function prepare(stack: AsyncDisposableStack): Promise<Bench> {
  const root = await mkdtemp(join(tmpdir(), "bot-bottle-bench-"));
  stack.defer(() => rm(root, { recursive: true, force: true }));
  await writeManifest(root, "bottles", "---\nagent_provider:\n  template: shell\nsupervise: true\n---\n");
  await writeManifest(root, "agents", `---\nbottle: ${AGENT}\n---\n`);
  const env = { ...process.env, BOT_BOTTLE_HOME: root };
  const product = stack.use(await openProduct({ env, role: "cli" }));
  const { bundle, agent } = await product.images();
  if (bundle === undefined || agent === undefined) throw new Error("the product names no bundle or agent image");
  await product.backend.buildImages([bundle, agent], { detail: () => {} }, AbortSignal.timeout(900_000));
  return { product, images: [bundle, agent], engine: await lazyEngine({ env, homeDir: homedir() }).client() };
}

async function writeManifest(root: string, folder: string, text: string): Promise<void> {
  await mkdir(join(root, folder), { mode: 0o700 });
  await writeFile(join(root, folder, `${AGENT}.md`), text, { mode: 0o600 });
}

type Timed = (bench: Bench, count: number) => Promise<number>;

async function compare(rounds: number, bench: Bench, count: number, timeBare: Timed) {
  const times = { ours: [] as number[], bare: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    times.bare.push(await timeBare(bench, count));
    times.ours.push(await timeBottles(bench, count));
  }
  const [ours, bare] = [median(times.ours), median(times.bare)];
  return { ours: Math.round(ours), bare: Math.round(bare), ratio: Number((ours / bare).toFixed(2)) };
}

async function timeBottles({ product: { services } }: Bench, count: number): Promise<number> {
  const slugs: string[] = [];
  const startOne = async () => {
    const starting = await services.starter.begin({ agent: AGENT, workspace: null }, () => {});
    slugs.push(starting.slug);
    await starting.finished;
  };
  const began = performance.now();
  try {
    await Promise.all(Array.from({ length: count }, startOne));
    return performance.now() - began;
  } finally {
    await Promise.all(slugs.map((slug) => services.stopper.stop(slug)));
  }
}

type Runs = (runs: readonly (() => Promise<void>)[]) => Promise<void>;

/** As a person or a script runs two containers. */
const timeRunsInTurn: Timed = (bench, count) =>
  timeBareRuns(bench, count, async (runs) => {
    for (const run of runs) await run();
  });

const timeRunsAtOnce: Timed = (bench, count) =>
  timeBareRuns(bench, count, async (runs) => {
    await Promise.all(runs.map((run) => run()));
  });

async function timeBareRuns({ engine, images }: Bench, count: number, execute: Runs): Promise<number> {
  const containers: Docker.Container[] = [];
  const bareRun = async (image: ImageSpec) => {
    const container = await engine.createContainer({ Image: image.ref, Entrypoint: [], Cmd: ["bash", "-l"], Tty: true, OpenStdin: true });
    containers.push(container);
    await container.start();
  };
  const runs = Array.from({ length: count }, () => images.map((image) => () => bareRun(image))).flat();
  const began = performance.now();
  try {
    await execute(runs);
    return performance.now() - began;
  } finally {
    await Promise.all(containers.map((container) => container.remove({ force: true, v: true }).catch(() => {})));
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
