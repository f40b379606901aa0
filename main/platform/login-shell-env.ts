import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { basename, isAbsolute } from "node:path";
import { passedOnEnv } from "./passed-on-env.ts";

export type LoginShellAnswer =
  | { readonly state: "used"; readonly detail: string; readonly env: ReadonlyMap<string, string> }
  | { readonly state: "failed"; readonly detail: string };

export interface LoginShellOptions {
  /** The operator's shell; null where none is known. */
  readonly shell: string | null;
  readonly env: NodeJS.ProcessEnv;
  readonly folder: string;
  readonly timeoutMs: number;
}

/** An environment is at most a few hundred KiB; start-up files that print more than this are not waited for. */
const MAX_OUTPUT = 8 * 1024 * 1024;

/** Programs that are entered as a login shell and are none, on accounts of services. */
const NO_SHELLS = new Set(["nologin", "false", "true", "sync", "git-shell"]);

/**
 * The environment that the operator's login shell gives a command (ENV-2): where `.profile`, `.zprofile` or `config.fish` export
 * a token, a program launched from the dock has never heard of it. Start-up files print, wait, fail and start programs as they
 * like: only what stands between two marks counts, the wait is bounded, and what was started goes with the shell.
 */
export async function askLoginShell(options: LoginShellOptions): Promise<LoginShellAnswer> {
  const { shell } = options;
  if (shell === null || !isAbsolute(shell)) return failed("no login shell is known for this account");
  if (NO_SHELLS.has(basename(shell))) return failed(`${shell} is not a shell that runs commands`);
  const began = performance.now();
  const mark = randomBytes(16).toString("hex");
  const output = await runShell(shell, mark, options);
  if (typeof output === "string") return failed(`${shell} ${output}`);
  const env = parseBetweenMarks(output, mark);
  if (env === null) return failed(`${shell} did not print its environment; does a start-up file end it or start another program?`);
  return { state: "used", detail: `${shell} answered in ${Math.round(performance.now() - began)} ms`, env };
}

/** `-i` reads what an interactive shell reads, where most people export; csh takes `-l` alone or not at all. */
function shellArguments(shell: string, mark: string): string[] {
  const script = `printf '%s' ${mark}; /usr/bin/env -0; printf '%s' ${mark}`;
  return basename(shell).endsWith("csh") ? ["-ic", script] : ["-i", "-l", "-c", script];
}

/** All that the shell printed, or why there is nothing. */
function runShell(shell: string, mark: string, { env, folder, timeoutMs }: LoginShellOptions): Promise<Buffer | string> {
  const outcome = Promise.withResolvers<Buffer | string>();
  // A session of its own: no terminal to take over or to wait for, and a group that can be ended as a whole.
  const child = spawn(shell, shellArguments(shell, mark), {
    cwd: folder,
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...passedOnEnv(env), SHELL: shell, TERM: "dumb", BOT_BOTTLE_RESOLVING_ENV: "1" },
  });
  const chunks: Buffer[] = [];
  const marks = new MarkCount(mark);
  let size = 0;
  const timer = setTimeout(() => outcome.resolve(`did not answer within ${timeoutMs / 1000} s`), timeoutMs);
  child.stdout.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_OUTPUT) outcome.resolve("printed far more than an environment");
    // What a start-up file left running may keep the pipe open: it is not waited for.
    else if (marks.after(chunk) >= 2) outcome.resolve(Buffer.concat(chunks));
  });
  child.once("error", (error: NodeJS.ErrnoException) => outcome.resolve(`cannot be started (${error.code ?? error.message})`));
  child.once("close", () => outcome.resolve(Buffer.concat(chunks)));
  return outcome.promise.finally(() => {
    clearTimeout(timer);
    child.stdout.destroy();
    endGroup(child);
  });
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // It ended in the meantime.
  }
}

/** How often the mark was seen so far, also where it came in two pieces. */
class MarkCount {
  readonly #mark: string;
  #tail = "";
  #count = 0;

  constructor(mark: string) {
    this.#mark = mark;
  }

  after(chunk: Buffer): number {
    const parts = (this.#tail + chunk.toString("latin1")).split(this.#mark);
    this.#count += parts.length - 1;
    this.#tail = (parts.at(-1) ?? "").slice(1 - this.#mark.length);
    return this.#count;
  }
}

function parseBetweenMarks(output: Buffer, mark: string): ReadonlyMap<string, string> | null {
  const parts = output.toString("utf8").split(mark);
  const [, between] = parts;
  if (parts.length < 3 || between === undefined) return null;
  const env = new Map<string, string>();
  for (const entry of between.split("\0")) {
    const { name, value } = /^(?<name>[A-Za-z_][A-Za-z0-9_]*)=(?<value>[\s\S]*)$/.exec(entry)?.groups ?? {};
    if (name !== undefined && value !== undefined) env.set(name, value);
  }
  return env;
}

function failed(detail: string): LoginShellAnswer {
  return { state: "failed", detail };
}
