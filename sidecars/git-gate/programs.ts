import type { ChildProcess, StdioOptions } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Ended when it says nothing for so long. */
  readonly idleMs?: number;
  readonly signal?: AbortSignal;
  /** Kept of the output; more of it is read and dropped. */
  readonly maxOutput?: number;
}

export interface RunResult {
  /** Null when it was ended from here, or by a signal. */
  readonly code: number | null;
  readonly stdout: string;
  /** The last of what it said. */
  readonly stderr: string;
  readonly stalled: boolean;
}

const MAX_OUTPUT = 8 * 1024 * 1024;
const KEPT_STDERR = 16 * 1024;
const TERM_GRACE_MS = 3000;
/** After its end, for what a child of its own still has in the pipe. */
const PIPE_GRACE_MS = 1000;

/**
 * Runs git and ssh with an environment of exactly what they need, in an empty folder and each in a session of its own: none can
 * find another repository's configuration or reach a terminal, and none is left over when the thread ends.
 */
export class Programs {
  readonly #base: Readonly<Record<string, string>>;
  readonly #home: string;
  readonly #running = new Set<ChildProcess>();

  constructor(path: string, home: string) {
    this.#base = baseEnvironment(path, home);
    this.#home = home;
  }

  /** What every program here runs with, for those that the scanner runs. */
  get environment(): Readonly<Record<string, string>> {
    return this.#base;
  }

  spawn(command: string, args: readonly string[], stdio: StdioOptions, env: Readonly<Record<string, string>> = {}): ChildProcess {
    const child = spawn(command, [...args], { stdio, env: { ...this.#base, ...env }, cwd: this.#home, detached: true });
    this.#running.add(child);
    // A program that is missing ends as one that failed; whoever waits for its exit is told by `exited`.
    child.on("error", () => this.#running.delete(child));
    child.on("exit", () => this.#running.delete(child));
    return child;
  }

  async run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const child = this.spawn(command, args, ["pipe", "pipe", "pipe"], options.env);
    const stdout = new Collected(options.maxOutput ?? MAX_OUTPUT, "first");
    const stderr = new Collected(KEPT_STDERR, "last");
    const idle = new Idle(options.idleMs ?? null, () => this.end(child));
    const abort = (): void => this.end(child);
    options.signal?.addEventListener("abort", abort, { once: true });
    if (options.signal?.aborted === true) abort();
    child.stdout?.on("data", (chunk: Buffer) => stdout.add(idle.heard(chunk)));
    child.stderr?.on("data", (chunk: Buffer) => stderr.add(idle.heard(chunk)));
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(options.input ?? "");
    const code = await exited(child);
    idle.stop();
    options.signal?.removeEventListener("abort", abort);
    return { code, stdout: stdout.text, stderr: stderr.text, stalled: idle.ended };
  }

  /** Ends a program and what it started: it may tidy up, but not for long. */
  end(child: ChildProcess): void {
    if (!killGroup(child, "SIGTERM")) return;
    const late = setTimeout(() => killGroup(child, "SIGKILL"), TERM_GRACE_MS);
    child.once("exit", () => clearTimeout(late));
  }

  /** At the end of the thread, which waits for nobody any more. */
  killAll(): void {
    for (const child of this.#running) killGroup(child, "SIGKILL");
  }
}

/** The exit code once the program is over and has said all; null when it could not start or was ended. */
export async function exited(child: ChildProcess): Promise<number | null> {
  const over = Promise.withResolvers<number | null>();
  child.once("error", () => over.resolve(null));
  child.once("close", (code: number | null) => over.resolve(code));
  // A connection that ssh shares outlives the program that opened it, and may keep its pipes.
  child.once("exit", (code) => setTimeout(() => over.resolve(code), PIPE_GRACE_MS).unref());
  return await over.promise;
}

/** Resolves when there is room again, or nobody reads any more. */
export async function roomIn(stream: NodeJS.WritableStream & { readonly destroyed?: boolean }): Promise<void> {
  if (stream.destroyed === true) return;
  const over = new AbortController();
  const { signal } = over;
  const first = [once(stream, "drain", { signal }), once(stream, "close", { signal })];
  await Promise.race(first.map((event) => event.catch(() => undefined)));
  over.abort();
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): boolean {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return false;
  try {
    return process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}

/**
 * No configuration but the mirror's own, no prompts, no helpers, no transport but ssh. `GIT_NO_REPLACE_OBJECTS` keeps a pushed
 * `refs/replace` from showing the scanner another object than the one that is sent.
 */
function baseEnvironment(path: string, home: string): Record<string, string> {
  return {
    PATH: path,
    HOME: home,
    XDG_CONFIG_HOME: home,
    LC_ALL: "C",
    TZ: "UTC",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_SYSTEM: "/dev/null",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CEILING_DIRECTORIES: dirname(home),
    GIT_ATTR_NOSYSTEM: "1",
    GIT_ALLOW_PROTOCOL: "ssh",
    GIT_PROTOCOL_FROM_USER: "0",
    GIT_TERMINAL_PROMPT: "0",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_NO_LAZY_FETCH: "1",
    GIT_OPTIONAL_LOCKS: "0",
    SSH_ASKPASS_REQUIRE: "never",
  };
}

class Collected {
  readonly #max: number;
  readonly #keep: "first" | "last";
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(max: number, keep: "first" | "last") {
    this.#max = max;
    this.#keep = keep;
  }

  get text(): string {
    const all = Buffer.concat(this.#chunks);
    return (this.#keep === "last" ? all.subarray(-this.#max) : all.subarray(0, this.#max)).toString("utf8");
  }

  add(chunk: Buffer): void {
    if (this.#keep === "first" && this.#size >= this.#max) return;
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#keep === "last" && this.#size > 4 * this.#max) {
      this.#chunks = [Buffer.concat(this.#chunks).subarray(-this.#max)];
      this.#size = this.#max;
    }
  }
}

/** Calls once when nothing was heard for so long. */
class Idle {
  readonly #timer: NodeJS.Timeout | null;
  #ended = false;

  constructor(ms: number | null, onIdle: () => void) {
    this.#timer = ms === null ? null : setTimeout(() => this.#end(onIdle), ms);
  }

  get ended(): boolean {
    return this.#ended;
  }

  heard(chunk: Buffer): Buffer {
    this.#timer?.refresh();
    return chunk;
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #end(onIdle: () => void): void {
    this.#ended = true;
    onIdle();
  }
}
