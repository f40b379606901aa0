import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { GateRepo, RepoStatus } from "#common/domain/git.ts";
import { upstreamUrl } from "#common/domain/git.ts";
import { log, messageOf } from "../../kit/log.ts";
import { inertLine } from "../inert-line.ts";
import type { Programs, RunOptions, RunResult } from "../programs.ts";
import { Turns } from "../turns.ts";
import type { KeyState } from "../upstream/key-ring.ts";
import type { SshFiles } from "../upstream/ssh-options.ts";
import { sshCommand } from "../upstream/ssh-options.ts";
import type { UpstreamProblem } from "../upstream/upstream-failure.ts";
import { upstreamProblem } from "../upstream/upstream-failure.ts";
import type { ObjectFormat, RepositoryOptions } from "./bare-repository.ts";
import { createRepository, sweepRepository, writeConfig } from "./bare-repository.ts";

/** Silence of an upstream, after which a client is told that it cannot be reached: within 15 seconds with what comes before. */
const UPSTREAM_IDLE_MS = 11_000;
const HEAD_CHECK_MS = 60_000;
const TIDY_PAUSE_MS = 10 * 60_000;

export interface MirrorParts {
  readonly repo: GateRepo;
  /** Of the bare repository. */
  readonly path: string;
  readonly hooks: string;
  readonly packBytes: number;
  readonly programs: Programs;
  readonly ssh: SshFiles;
  readonly now: () => Date;
  key(): KeyState;
  changed(): void;
  /** After a refresh, while nobody else changes refs. */
  refreshed(mirror: Mirror): Promise<void>;
}

/** As an age: only a refresh that ends after now will do. */
export const NEVER_FRESH = -1;

export interface RefreshOptions {
  /** A refresh that began so lately is fresh enough. */
  readonly maxAgeMs: number;
  /** More connections to the upstream follow: share this one. */
  readonly shared: boolean;
}

type Contents = Pick<RepoStatus, "refresh" | "problem" | "branches" | "tags"> & { readonly refreshedAt: Date | null };

/** The gate's own copy of one upstream: its branches and tags as they are there, and nothing else (GIT-2). */
export class Mirror {
  /** Whoever changes refs has it: a refresh, or a push from its forwarding until git has updated the refs. */
  readonly refsTurn = new Turns(1);
  readonly #parts: MirrorParts;
  #contents: Contents = { refresh: "never", problem: null, branches: 0, tags: 0, refreshedAt: null };
  #running: Promise<UpstreamProblem | null> | null = null;
  #headCheckedAt = 0;
  #tidiedAt: number;

  constructor(parts: MirrorParts) {
    this.#parts = parts;
    this.#tidiedAt = parts.now().getTime();
    if (!existsSync(parts.path)) return;
    sweepRepository(parts.path);
    writeConfig(parts.path, this.#repositoryOptions);
  }

  get repo(): GateRepo {
    return this.#parts.repo;
  }

  get path(): string {
    return this.#parts.path;
  }

  get status(): RepoStatus {
    const { refreshedAt, ...contents } = this.#contents;
    return {
      name: this.repo.name,
      upstream: upstreamUrl(this.repo),
      ...this.#parts.key(),
      ...contents,
      refreshedAt: refreshedAt?.toISOString() ?? null,
    };
  }

  /** Brings branches and tags to what they are upstream. Requests that come while one runs share it. Null when it did. */
  refresh(options: RefreshOptions): Promise<UpstreamProblem | null> {
    if (this.#isFresh(options.maxAgeMs)) return Promise.resolve(null);
    this.#running ??= this.#refreshInTurn(options.shared).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** Why no program of ours could reach the upstream now. */
  keyProblem(): UpstreamProblem | null {
    const { key } = this.#parts.key();
    const { name, hostKey } = this.repo;
    if (hostKey === "")
      return { rule: "host-key", reason: `no host key is pinned for ${name}: the operator adds host_key to its manifest` };
    if (key === "ready") return null;
    const what = key === "expired" ? "has expired here" : "is not here";
    return {
      rule: "key-missing",
      reason: `the SSH key of ${name} ${what}: it comes back when the operator opens the panel or runs bot-bottle`,
    };
  }

  /** Runs git against the upstream's URL, which `args` ends before. */
  async askUpstream(args: readonly string[], after: readonly string[], options: RunOptions & { shared: boolean }): Promise<RunResult> {
    const { shared, env, ...rest } = options;
    const ssh = { GIT_SSH_COMMAND: sshCommand(this.#parts.ssh, shared), GIT_SSH_VARIANT: "ssh" };
    const target = ["--", upstreamUrl(this.repo), ...after];
    return await this.#parts.programs.run("git", [...args, ...target], { idleMs: UPSTREAM_IDLE_MS, ...rest, env: { ...env, ...ssh } });
  }

  /** Runs git in the mirror. */
  async git(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return await this.#parts.programs.run("git", ["--git-dir", this.path, ...args], options);
  }

  /** Packs what many small pushes and refreshes have left; now and then, beside everything else. */
  #tidy(): void {
    const now = this.#parts.now().getTime();
    if (now - this.#tidiedAt < TIDY_PAUSE_MS) return;
    this.#tidiedAt = now;
    this.git(["-c", "gc.auto=2000", "-c", "gc.autoPackLimit=50", "gc", "--auto", "--quiet"]).catch((error: unknown) =>
      log("warn", "mirror-not-tidied", { reason: messageOf(error) }),
    );
  }

  async #refreshInTurn(shared: boolean): Promise<UpstreamProblem | null> {
    using _turn = await this.refsTurn.take();
    const began = this.#parts.now();
    const problem = this.keyProblem() ?? (await this.#fetch(shared));
    if (problem === null) {
      await this.#parts.refreshed(this);
      this.#contents = { refresh: "ok", problem: null, refreshedAt: began, ...(await this.#count()) };
      this.#tidy();
    } else this.#contents = { ...this.#contents, refresh: "failed", problem: inertLine(problem.reason, 1000) };
    this.#parts.changed();
    return problem;
  }

  #isFresh(maxAgeMs: number): boolean {
    const { refresh, refreshedAt } = this.#contents;
    if (refresh !== "ok" || refreshedAt === null || this.keyProblem() !== null) return false;
    return this.#parts.now().getTime() - refreshedAt.getTime() <= maxAgeMs;
  }

  async #fetch(shared: boolean): Promise<UpstreamProblem | null> {
    const now = this.#parts.now().getTime();
    if (now - this.#headCheckedAt > HEAD_CHECK_MS) {
      const problem = await this.#followHead(shared);
      if (problem !== null) return problem;
      this.#headCheckedAt = now;
    }
    const quiet = ["--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--no-recurse-submodules", "--progress"];
    const refs = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
    const fetched = await this.askUpstream(["--git-dir", this.path, "fetch", "--prune", ...quiet], refs, { shared });
    return fetched.code === 0 ? null : upstreamProblem(this.repo, fetched);
  }

  /** Makes the mirror at first need, and points its HEAD where the upstream's points: a clone checks that branch out. */
  async #followHead(shared: boolean): Promise<UpstreamProblem | null> {
    const asked = await this.askUpstream(["ls-remote", "--symref"], ["HEAD"], { shared });
    if (asked.code !== 0) return upstreamProblem(this.repo, asked);
    const objectFormat: ObjectFormat = /^[0-9a-f]{64}\t/m.test(asked.stdout) ? "sha256" : "sha1";
    if (!existsSync(this.path)) createRepository(this.path, { ...this.#repositoryOptions, objectFormat });
    const branch = /^ref: (refs\/heads\/\S+)\tHEAD$/m.exec(asked.stdout)?.[1];
    if (branch !== undefined) await this.git(["symbolic-ref", "HEAD", branch]);
    return null;
  }

  async #count(): Promise<Pick<Contents, "branches" | "tags">> {
    const { stdout } = await this.git(["for-each-ref", "--format=%(refname)", "refs/heads", "refs/tags"], { maxOutput: 64 * 1024 * 1024 });
    const refs = stdout.split("\n");
    return {
      branches: refs.filter((ref) => ref.startsWith("refs/heads/")).length,
      tags: refs.filter((ref) => ref.startsWith("refs/tags/")).length,
    };
  }

  get #repositoryOptions(): RepositoryOptions {
    return { objectFormat: this.#objectFormat, hooks: this.#parts.hooks, packBytes: this.#parts.packBytes };
  }

  get #objectFormat(): ObjectFormat {
    const config = join(this.path, "config");
    return existsSync(config) && /objectformat = "?sha256/i.test(readFileSync(config, "utf8")) ? "sha256" : "sha1";
  }
}
