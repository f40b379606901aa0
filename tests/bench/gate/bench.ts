import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { createScanner } from "../../../sidecars/git-gate/scan/scanner.ts";
import { GateUnderTest, REPO } from "../../support/git-gate/gate-under-test.ts";
import type { GitClient } from "../../support/git-gate/git-client.ts";
import { installedGitleaks } from "../../support/git-gate/installed-tools.ts";
import { GIT_ENV } from "../../support/git-gate/scratch-repo.ts";
import { addCommits } from "./history.ts";

const ROUNDS_OF_ONE = 11;
const ROUNDS_OF_MANY = 5;
const MANY = 1000;
const BIG_MIB = 300;
const PIECE_MIB = 50;

/**
 * What the gate adds to a push (DESIGN §5), as ratios of medians of interleaved rounds against the same real sshd on loopback: the
 * same client pushes the same commits straight over ssh to one repository, and over http through a whole bundle to another.
 * The scan's own time, which the push of many commits may take besides, is that of the scanner alone over the same commits in a
 * mirror of its own. `rssMiB` is the bundle's highest resident memory after a push of 300 MiB of random bytes.
 */
export async function run(): Promise<Record<string, number>> {
  await using bench = await GateBench.start();
  await bench.compare("warm", 1, 2);
  const one = await bench.compare("one", 1, ROUNDS_OF_ONE);
  const many = await bench.compare("many", MANY, ROUNDS_OF_MANY);
  return {
    push1VsDirect: one.gate / one.direct,
    push1000VsDirect: (many.gate - many.scan) / many.direct,
    push1Ms: one.gate,
    direct1Ms: one.direct,
    scan1Ms: one.scan,
    push1000Ms: many.gate,
    direct1000Ms: many.direct,
    scan1000Ms: many.scan,
    rssMiB: await bench.memoryOfBigPush(),
  };
}

class GateBench implements AsyncDisposable {
  readonly #gate: GateUnderTest;
  readonly #client: GitClient;
  readonly #stack: AsyncDisposableStack;

  private constructor(gate: GateUnderTest, client: GitClient, stack: AsyncDisposableStack) {
    this.#gate = gate;
    this.#client = client;
    this.#stack = stack;
  }

  static async start(): Promise<GateBench> {
    const stack = new AsyncDisposableStack();
    const gate = stack.use(await GateUnderTest.start());
    const { upstream } = gate;
    await upstream.repository("direct");
    await upstream.git("direct", "fetch", "--quiet", upstream.path(REPO), "main:main");
    const client = stack.use(await gate.clone());
    const ssh = `ssh -i ${join(upstream.root, "client")} -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -F none`;
    await client.ok("config", "core.sshCommand", ssh);
    await client.ok("remote", "add", "direct", `ssh://${userInfo().username}@127.0.0.1:${upstream.port}${upstream.path("direct")}`);
    return new GateBench(gate, client, stack);
  }

  async compare(name: string, commits: number, rounds: number): Promise<{ gate: number; direct: number; scan: number }> {
    const times = { gate: [] as number[], direct: [] as number[], scan: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      const branch = `${name}-${round}`;
      await addCommits(this.#client.work, branch, "refs/heads/main", commits);
      times.scan.push(await this.#timeScan(branch, commits));
      // Who goes first finds colder files.
      const order = round % 2 === 0 ? (["direct", "gate"] as const) : (["gate", "direct"] as const);
      for (const way of order) times[way].push(await this.#timePush(way === "gate" ? "origin" : "direct", branch));
    }
    return { gate: median(times.gate), direct: median(times.direct), scan: median(times.scan) };
  }

  async memoryOfBigPush(): Promise<number> {
    const pieces = Array.from({ length: BIG_MIB / PIECE_MIB }, (_, index) => [`big/${index}.bin`, randomBytes(PIECE_MIB << 20)]);
    await this.#client.commit(Object.fromEntries(pieces), "Big");
    await this.#client.ok("push", "--quiet", "origin", "HEAD:refs/heads/big");
    const status = await readFile(`/proc/${this.#gate.bundle.child.pid}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
  }

  async #timePush(remote: string, branch: string): Promise<number> {
    const began = performance.now();
    await this.#client.ok("push", "--quiet", remote, branch);
    return performance.now() - began;
  }

  async #timeScan(branch: string, expected: number): Promise<number> {
    const workDir = await mkdtemp(join(tmpdir(), "bot-bottle-bench-scan-"));
    try {
      const scanner = createScanner({ gitleaks: await installedGitleaks(), workDir });
      const newTips = [await this.#client.ok("rev-parse", branch)];
      const gitDir = await this.#mirror(workDir);
      const began = performance.now();
      const outcome = await scanner.scan({ gitDir, env: GIT_ENV, newTips, newNames: [], signal: AbortSignal.timeout(600_000) });
      const took = performance.now() - began;
      if (outcome.kind !== "scanned" || outcome.commitCount !== expected) throw new Error(`the scan came to ${JSON.stringify(outcome)}`);
      return took;
    } finally {
      await rm(workDir, { recursive: true, force: true });
    }
  }

  /** Knows `main` and sees the client's objects, as the gate does while it receives. */
  async #mirror(folder: string): Promise<string> {
    const path = join(folder, "mirror.git");
    await this.#client.ok("clone", "--quiet", "--bare", "--shared", "--single-branch", "--branch", "main", this.#client.work, path);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
