import type { ChildProcess } from "node:child_process";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, mkdtemp, readFile, rename, rm, watch, writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { GateRepo } from "#common/domain/git.ts";
import { freePort } from "../bundle/free-port.ts";
import { GIT_ENV } from "./scratch-repo.ts";

const run = promisify(execFile);
const SSHD = "/usr/sbin/sshd";

/** A code host in small: a real sshd on loopback with throwaway keys, and bare repositories behind it. */
export class SshUpstream implements AsyncDisposable {
  readonly root: string;
  readonly port: number;
  #sshd: ChildProcess | null = null;
  #log = "";

  private constructor(root: string, port: number) {
    this.root = root;
    this.port = port;
  }

  static async start(): Promise<SshUpstream> {
    const root = await mkdtemp(join(tmpdir(), "bb-upstream-"));
    const upstream = new SshUpstream(root, await freePort());
    await upstream.newHostKey();
    await newKey(join(root, "client"));
    await writeFile(join(root, "authorized"), await readFile(join(root, "client.pub")));
    await upstream.resume();
    return upstream;
  }

  /** An empty bare repository, reached as `name`. */
  async repository(name: string, parts: Partial<GateRepo> = {}): Promise<GateRepo> {
    await run("git", ["init", "--quiet", "--bare", "--initial-branch=main", this.path(name)], { env: GIT_ENV });
    return await this.declared(name, parts);
  }

  /** As a bottle declares it. */
  async declared(name: string, parts: Partial<GateRepo> = {}): Promise<GateRepo> {
    return {
      name,
      upstream: { user: userInfo().username, host: "127.0.0.1", port: this.port, path: this.path(name) },
      hostKey: await this.hostKey(),
      allowForce: false,
      allowDelete: false,
      onFinding: "refuse",
      reviewAlways: false,
      ...parts,
    };
  }

  path(name: string): string {
    return join(this.root, `${name}.git`);
  }

  /** Runs git in one of the repositories, as its owner would. */
  async git(name: string, ...args: readonly string[]): Promise<string> {
    const { stdout } = await run("git", ["--git-dir", this.path(name), ...args], { env: GIT_ENV, maxBuffer: 64 << 20 });
    return stdout.trim();
  }

  /** Id of a ref; null when it is not there. */
  async ref(name: string, ref: string): Promise<string | null> {
    return await this.git(name, "rev-parse", "--verify", "--quiet", ref).catch(() => null);
  }

  /** Whether any object of this id has arrived, reachable or not. */
  async hasObject(name: string, id: string): Promise<boolean> {
    return await this.git(name, "cat-file", "-e", id).then(
      () => true,
      () => false,
    );
  }

  /** A commit upon this ref that no client has seen. */
  async emptyCommit(name: string, ref: string): Promise<string> {
    return await this.git(name, "commit-tree", "-m", "By somebody else", "-p", ref, `${ref}^{tree}`);
  }

  /** A script that the upstream runs before it takes a push. */
  async hook(name: string, hook: "pre-receive" | "update", script: string): Promise<void> {
    await writeFile(join(this.path(name), "hooks", hook), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  async privateKey(): Promise<string> {
    return await readFile(join(this.root, "client"), "utf8");
  }

  async hostKey(): Promise<string> {
    const [type = "", key = ""] = (await readFile(join(this.root, "host.pub"), "utf8")).split(" ");
    return `${type} ${key}`;
  }

  async newHostKey(): Promise<void> {
    await newKey(join(this.root, "host"));
  }

  /** Resolves when a hook has made the file `reached` here, and takes it away. */
  async reached(): Promise<void> {
    const over = new AbortController();
    const file = join(this.root, "reached");
    const changes = watch(this.root, { signal: over.signal });
    const isThere = () =>
      access(file).then(
        () => true,
        () => false,
      );
    if (!(await isThere())) for await (const _ of changes) if (await isThere()) break;
    over.abort();
    await rm(file);
  }

  async restoreHostKey(key: Buffer): Promise<void> {
    const path = join(this.root, "host");
    await writeFile(path, key, { mode: 0o600 });
    await writeFile(`${path}.pub`, (await run("ssh-keygen", ["-y", "-f", path])).stdout);
  }

  /** Elsewhere, until it is disposed of. */
  async moved(name: string): Promise<AsyncDisposable> {
    const away = `${this.path(name)}.away`;
    await rename(this.path(name), away);
    return { [Symbol.asyncDispose]: () => rename(away, this.path(name)) };
  }

  /** The whole host is gone: the server and every connection that it had. */
  async stop(): Promise<void> {
    const sshd = this.#sshd;
    this.#sshd = null;
    if (sshd?.pid === undefined || sshd.exitCode !== null) return;
    const sessions = await descendants(sshd.pid);
    const ended = once(sshd, "exit");
    sshd.kill("SIGKILL");
    for (const pid of sessions) killIfThere(pid, "SIGKILL");
    await ended;
  }

  /** Holds every connection still, or lets go again: an upstream that answers no more but hangs up on nobody. */
  async freeze(signal: "SIGSTOP" | "SIGCONT"): Promise<void> {
    const pid = this.#sshd?.pid;
    if (pid === undefined) return;
    for (const each of [pid, ...(await descendants(pid))]) killIfThere(each, signal);
  }

  async resume(): Promise<void> {
    const config = join(this.root, "sshd_config");
    await writeFile(config, this.#config());
    if (process.getuid?.() === 0) await mkdir("/run/sshd", { recursive: true });
    const sshd = spawn(SSHD, ["-D", "-e", "-f", config], { stdio: ["ignore", "ignore", "pipe"] });
    this.#sshd = sshd;
    const listening = Promise.withResolvers<void>();
    sshd.stderr?.on("data", (chunk: Buffer) => {
      this.#log += chunk.toString();
      if (this.#log.includes("Server listening")) listening.resolve();
    });
    sshd.on("exit", (code) => listening.reject(new Error(`sshd ended with ${code}: ${this.#log}`)));
    await listening.promise;
    this.#log = "";
    await reachable(this.port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.freeze("SIGCONT");
    await this.stop();
    await rm(this.root, { recursive: true, force: true });
  }

  #config(): string {
    const options = {
      Port: this.port,
      ListenAddress: "127.0.0.1",
      HostKey: join(this.root, "host"),
      AuthorizedKeysFile: join(this.root, "authorized"),
      PidFile: "none",
      StrictModes: "no",
      UsePAM: "no",
      PermitRootLogin: "yes",
      PasswordAuthentication: "no",
      KbdInteractiveAuthentication: "no",
      AcceptEnv: "GIT_PROTOCOL",
      // Bash would otherwise run the start-up files of whoever runs the tests, in every session.
      SetEnv: "SHLVL=2",
      MaxStartups: "200",
      MaxSessions: "200",
      LogLevel: "INFO",
    };
    return Object.entries(options)
      .map(([name, value]) => `${name} ${value}\n`)
      .join("");
  }
}

export async function newKey(path: string, passphrase = ""): Promise<void> {
  await rm(path, { force: true });
  await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-C", "throwaway", "-f", path]);
}

async function reachable(port: number): Promise<void> {
  const socket = createConnection(port, "127.0.0.1");
  await once(socket, "connect");
  socket.destroy();
}

/** Processes that this one started, and theirs. */
export async function descendants(pid: number): Promise<number[]> {
  const { stdout } = await run("ps", ["-A", "-o", "pid=,ppid="]);
  const pairs = stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] => pairs.flatMap(([child = 0, of]) => (of === parent ? [child, ...below(child)] : []));
  return below(pid);
}

function killIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}
