import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Docker from "dockerode";
import { copyIn } from "../../../main/backends/docker/launch/copy-in.ts";
import { surveyWorkspace } from "../../../main/workspace/survey.ts";
import { describeTestImages } from "../../support/docker/stand-in-images.ts";
import { makeLargeTree } from "../../support/workspace/large-tree.ts";
import { sourceOf } from "../../support/workspace/source-of.ts";

const FILES = Number(process.env.BENCH_FILES ?? 100_000);
const BYTES = Number(process.env.BENCH_MIB ?? 2048) * 1024 * 1024;
const ROUNDS = 3;
const MIB = 1024 * 1024;

/** Copying 100,000 files and 2 GiB into a created container, against `tar | docker cp -` of the same folder (issue 3). */
export async function run(): Promise<Record<string, number>> {
  const root = await mkdtemp(join(tmpdir(), "bot-bottle-bench-"));
  try {
    await makeLargeTree(root, FILES, BYTES);
    const survey = await timed(() => surveyWorkspace(root, () => performance.now(), AbortSignal.timeout(60_000)));
    const ours: number[] = [];
    const plain: number[] = [];
    let grownMib = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      plain.push(await intoContainer((id) => tarIntoDockerCp(root, id)));
      const before = process.memoryUsage().rss;
      const peak = watchMemory();
      ours.push(await intoContainer((id) => copyWorkspace(root, id)));
      grownMib = Math.max(grownMib, (peak() - before) / MIB);
    }
    const [copy, cp] = [median(ours), median(plain)];
    return { copySeconds: copy, tarDockerCpSeconds: cp, copyVsTarDockerCp: copy / cp, grownMiB: grownMib, surveySeconds: survey };
  } finally {
    await rm(root, { recursive: true, force: true });
    await rm(`${root}.record`, { force: true });
  }
}

async function copyWorkspace(root: string, id: string): Promise<void> {
  const container = new Docker().getContainer(id);
  await copyIn({ container, root: "/", entries: [], workspace: sourceOf(root) }, AbortSignal.timeout(600_000));
}

async function tarIntoDockerCp(root: string, id: string): Promise<void> {
  const tar = spawn("tar", ["-C", root, "--owner=1000", "--group=1000", "-cf", "-", "."], { stdio: ["ignore", "pipe", "inherit"] });
  const cp = spawn("docker", ["cp", "-q", "-", `${id}:/home/node/workspace`], { stdio: [tar.stdout, "ignore", "inherit"] });
  const [[tarCode], [cpCode]] = await Promise.all([once(tar, "exit"), once(cp, "exit")]);
  if (tarCode !== 0 || cpCode !== 0) throw new Error(`tar ended with ${tarCode}, docker cp with ${cpCode}`);
}

async function intoContainer(work: (id: string) => Promise<void>): Promise<number> {
  const { agent } = await describeTestImages();
  const container = await new Docker().createContainer({ Image: agent.ref, Cmd: ["true"], Labels: { "bot-bottle.bench": "workspace" } });
  try {
    return await timed(() => work(container.id));
  } finally {
    await container.remove({ force: true, v: true });
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** Tells the highest resident memory since. */
function watchMemory(): () => number {
  let highest = process.memoryUsage().rss;
  const timer = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage().rss);
  }, 20);
  return () => {
    clearInterval(timer);
    return highest;
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
