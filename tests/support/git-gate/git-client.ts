import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { GIT_ENV } from "./scratch-repo.ts";

export interface GitResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An agent's side: a real git in a folder of its own. */
export class GitClient implements AsyncDisposable {
  readonly root: string;
  readonly work: string;

  private constructor(root: string) {
    this.root = root;
    this.work = join(root, "work");
  }

  static async create(): Promise<GitClient> {
    return new GitClient(await mkdtemp(join(tmpdir(), "bb-client-")));
  }

  /** Cloned from there. */
  static async clone(url: string, ...options: readonly string[]): Promise<GitClient> {
    const client = await GitClient.create();
    const cloned = await client.run("clone", "--quiet", ...options, url, client.work);
    if (cloned.code !== 0) throw new Error(`git clone: ${cloned.stderr}`);
    return client;
  }

  /** An empty repository with this remote. */
  static async empty(url: string): Promise<GitClient> {
    const client = await GitClient.create();
    await client.run("init", "--quiet", "--initial-branch=main", client.work);
    await client.ok("remote", "add", "origin", url);
    return client;
  }

  start(...args: readonly string[]): ChildProcess {
    return spawn("git", [...args], { cwd: this.root, env: GIT_ENV, stdio: ["ignore", "pipe", "pipe"], detached: true });
  }

  async run(...args: readonly string[]): Promise<GitResult> {
    return await resultOf(this.start(...args));
  }

  /** In the working tree. */
  git(...args: readonly string[]): Promise<GitResult> {
    return this.run("-C", this.work, ...args);
  }

  /** In the working tree; a failure is the test's. */
  async ok(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.git(...args);
    if (code !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
    return stdout.trim();
  }

  /** Commits these files; answers the commit's id. */
  async commit(files: Readonly<Record<string, string | Buffer>>, message = "Work"): Promise<string> {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(this.work, path)), { recursive: true });
      await writeFile(join(this.work, path), content);
    }
    await this.ok("add", "--all");
    await this.ok("commit", "--quiet", "--allow-empty", "-m", message);
    return await this.ok("rev-parse", "HEAD");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}

export async function resultOf(child: ChildProcess): Promise<GitResult> {
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on("close", resolve);
  return { code: await promise, stdout, stderr };
}
