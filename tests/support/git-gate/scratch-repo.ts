import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { ObjectId } from "#common/domain/git.ts";

const run = promisify(execFile);

/** What git needs and nothing of the machine's own configuration. */
export const GIT_ENV = {
  PATH: process.env.PATH ?? "",
  HOME: "/nonexistent",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  LC_ALL: "C",
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.test",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.test",
};

/**
 * A clone in which an agent works, and the gate's mirror, which knows upstream's refs alone. `objects` brings what was committed into
 * the mirror without any ref, as a push does that is just being received.
 */
export class ScratchRepo implements AsyncDisposable {
  readonly root: string;
  readonly work: string;
  readonly mirror: string;

  private constructor(root: string) {
    this.root = root;
    this.work = join(root, "work");
    this.mirror = join(root, "mirror.git");
  }

  static async create(): Promise<ScratchRepo> {
    const repo = new ScratchRepo(await mkdtemp(join(tmpdir(), "bot-bottle-scan-")));
    await run("git", ["init", "-q", "-b", "main", repo.work], { env: GIT_ENV });
    await run("git", ["init", "-q", "--bare", "-b", "main", repo.mirror], { env: GIT_ENV });
    await writeFile(join(repo.mirror, "objects/info/alternates"), `${join(repo.work, ".git/objects")}\n`);
    return repo;
  }

  async git(...args: readonly string[]): Promise<string> {
    return await this.gitAs({}, ...args);
  }

  async gitAs(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<string> {
    const { stdout } = await run("git", ["-C", this.work, ...args], { env: { ...GIT_ENV, ...env }, maxBuffer: 64 << 20 });
    return stdout.trim();
  }

  async write(path: string, content: string | Buffer): Promise<void> {
    await mkdir(dirname(join(this.work, path)), { recursive: true });
    await writeFile(join(this.work, path), content);
  }

  async commit(files: Readonly<Record<string, string | Buffer>>, message = "Work"): Promise<ObjectId> {
    for (const [path, content] of Object.entries(files)) await this.write(path, content);
    await this.git("add", "--all", "--force");
    await this.git("commit", "-q", "--allow-empty", "-m", message);
    return await this.tip();
  }

  async tip(ref = "HEAD"): Promise<ObjectId> {
    return await this.git("rev-parse", ref);
  }

  /** Makes everything up to here upstream's: what the mirror has taken over. */
  async publish(ref = "HEAD", as = "refs/heads/main"): Promise<void> {
    await run("git", [`--git-dir=${this.mirror}`, "update-ref", as, await this.tip(ref)], { env: GIT_ENV });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}
