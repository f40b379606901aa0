import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import type { GateRepo, HeldPush, PushRecord, RepoStatus } from "#common/domain/git.ts";
import type { BundleConfig } from "#common/wire/bundle-config.ts";
import type { BundleFrame } from "#common/wire/control.ts";
import { BundleFolder } from "../bundle/bundle-folder.ts";
import { BundleProcess } from "../bundle/bundle-process.ts";
import { ControlPeer } from "../bundle/control-peer.ts";
import { GitClient } from "./git-client.ts";
import { installedGitleaks } from "./installed-tools.ts";
import { descendants, SshUpstream } from "./ssh-upstream.ts";

export const REPO = "project";
const KEY_SECONDS = 3600;

export interface GateOptions {
  readonly repo?: Partial<GateRepo>;
  readonly config?: Partial<BundleConfig>;
  /** Without the one commit that the upstream has otherwise. */
  readonly empty?: boolean;
  /** In place of the installed one. */
  readonly gitleaks?: string;
}

/** A whole bundle as a process, a code host behind it, an operator who gave the key, and agents in front. */
export class GateUnderTest implements AsyncDisposable {
  readonly upstream: SshUpstream;
  readonly folder: BundleFolder;
  bundle: BundleProcess;
  operator: ControlPeer;

  readonly #gitleaks: string;

  private constructor(upstream: SshUpstream, folder: BundleFolder, gitleaks: string, [bundle, operator]: Started) {
    this.upstream = upstream;
    this.folder = folder;
    this.#gitleaks = gitleaks;
    this.bundle = bundle;
    this.operator = operator;
  }

  /** With one repository, which holds one commit on `main`. */
  static async start({ repo = {}, config = {}, empty = false, gitleaks }: GateOptions = {}): Promise<GateUnderTest> {
    const upstream = await SshUpstream.start();
    const declared = await upstream.repository(REPO, repo);
    if (!empty) await firstCommit(upstream);
    const folder = await BundleFolder.create({ supervise: true, repos: [declared], ...config });
    const scanner = gitleaks ?? (await installedGitleaks());
    const gate = new GateUnderTest(upstream, folder, scanner, await started(folder, scanner));
    await gate.giveKey();
    return gate;
  }

  url(repo = REPO): string {
    return `http://127.0.0.1:${this.bundle.gitGatePort}/${repo}.git`;
  }

  clone(...options: readonly string[]): Promise<GitClient> {
    return GitClient.clone(this.url(), ...options);
  }

  async giveKey(privateKey?: string, lifetimeSeconds = KEY_SECONDS): Promise<void> {
    const key = { privateKey: privateKey ?? (await this.upstream.privateKey()), lifetimeSeconds };
    const answer = await this.operator.request({ type: "set-keys", keys: { [REPO]: key } });
    if (answer.type === "failed") throw new Error(answer.message);
  }

  /** Kill -9, as a machine that loses power, and a start on what is on disk. */
  async restart(): Promise<void> {
    await this.operator[Symbol.asyncDispose]();
    await this.bundle.kill();
    [this.bundle, this.operator] = await started(this.folder, this.#gitleaks);
  }

  /** The repository as clients see it now. */
  get repo(): RepoStatus | undefined {
    const frame = this.operator.frames.findLast((each) => each.type === "git" || each.type === "ready");
    return frame?.type === "git" || frame?.type === "ready" ? frame.repos[0] : undefined;
  }

  /** What the bundle has started, with command line and environment. */
  async processes(): Promise<BundleChild[]> {
    const pids = await descendants(this.bundle.child.pid ?? 0);
    const children = await Promise.all(pids.map(readProcess));
    return children.filter((child) => child !== null);
  }

  /** Those of them that still run. */
  async alive(children: readonly BundleChild[]): Promise<string[]> {
    const now = await Promise.all(children.map(({ pid }) => readProcess(pid)));
    return now.flatMap((child, index) => (child !== null && child.command === children[index]?.command ? [child.command] : []));
  }

  /** Pushes that the journal tells of, in order. */
  get pushes(): PushRecord[] {
    return this.operator.events.flatMap(({ event }) => (event.type === "push" ? [event.push] : []));
  }

  /** The first push after so many that the journal tells of. */
  async pushed(after = 0): Promise<PushRecord> {
    return await this.operator.until(() => this.pushes[after]);
  }

  /** What clients see of held pushes now. */
  get held(): readonly HeldPush[] {
    const frame = this.operator.frames.findLast((each) => each.type === "git" || each.type === "ready");
    return frame?.type === "git" || frame?.type === "ready" ? frame.pushes : [];
  }

  /** The push to this branch, once it waits. */
  async heldPush(branch: string): Promise<HeldPush> {
    const isIt = ({ status, push }: HeldPush): boolean => status === "held" && push.refs[0]?.ref === `refs/heads/${branch}`;
    return await this.operator.until(() => this.held.find(isIt));
  }

  /** Resolves once clients see what became of it. */
  async decide(held: HeldPush, verdict: "forwarded" | "refused", note = ""): ReturnType<ControlPeer["request"]> {
    const allowedFindings = held.push.findings.map(({ fingerprint }) => fingerprint);
    const { id: pushId } = held.push;
    const decision = { pushId, digest: held.digest, by: "op", note, verdict, allowedFindings };
    const answer = await this.operator.request({ type: "decide-push", ...decision });
    const isSeen = (): boolean => this.held.find(({ push }) => push.id === pushId)?.status !== "held";
    if (answer.type === "done") await this.operator.until(() => (isSeen() ? true : undefined));
    return answer;
  }

  /** What the operator is shown of it. */
  async readPush(held: HeldPush): Promise<BundleFrame> {
    const id = 900_000 + this.operator.frames.length;
    this.operator.send({ type: "read-push", id, pushId: held.push.id });
    return await this.operator.until(() => this.operator.frames.find((frame) => "id" in frame && frame.id === id));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.operator[Symbol.asyncDispose]();
    await this.bundle[Symbol.asyncDispose]();
    await this.upstream[Symbol.asyncDispose]();
    await this.folder[Symbol.asyncDispose]();
  }
}

export interface BundleChild {
  readonly pid: number;
  readonly command: string;
  readonly environment: string;
}

async function readProcess(pid: number): Promise<BundleChild | null> {
  try {
    const [command, environment] = await Promise.all([readFile(`/proc/${pid}/cmdline`, "utf8"), readFile(`/proc/${pid}/environ`, "utf8")]);
    return { pid, command: command.replaceAll("\0", " "), environment };
  } catch {
    return null;
  }
}

type Started = readonly [BundleProcess, ControlPeer];

async function started(folder: BundleFolder, gitleaks: string): Promise<Started> {
  const bundle = await BundleProcess.start(folder, { GITLEAKS: gitleaks });
  return [bundle, await ControlPeer.greeted(folder.socket, 0)];
}

async function firstCommit(upstream: SshUpstream): Promise<void> {
  await using owner = await GitClient.empty(upstream.path(REPO));
  await owner.commit({ "README.md": `# Project of ${userInfo().username}\n` }, "Begin");
  await owner.ok("push", "--quiet", "origin", "main");
}
