import type { ChildProcessByStdio } from "node:child_process";
import { spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** A folder that nothing pushed can write to. */
  readonly cwd: string;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program that is being run; all of it is over when the signal fires. */
export interface RunningChild {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Never rejects: a program that cannot be started ends without code and signal. */
  readonly exit: Promise<Exit>;
  /** Whether it said anything on standard error beside `harmless` lines; the words may quote what was pushed and are not kept. */
  complained(harmless?: RegExp): boolean;
}

export function startChild({ command, args, env, cwd }: Program, signal: AbortSignal): RunningChild {
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(command, args, {
    env: { ...env },
    cwd,
    stdio: ["pipe", "pipe", "pipe"],
    signal,
    killSignal: "SIGKILL",
  });
  const exit = Promise.withResolvers<Exit>();
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => {
    if (complaint.length < MAX_COMPLAINT) complaint += chunk.toString("latin1");
  });
  // A program that ended early leaves a broken pipe; its exit tells the story.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on("error", () => {});
  child.on("error", () => {
    if (child.pid === undefined) exit.resolve({ code: null, signal: null });
  });
  child.on("close", (code, ended) => exit.resolve({ code, signal: ended }));
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    exit: exit.promise,
    complained: (harmless) => complaintsIn(complaint).some((line) => harmless?.test(line) !== true),
  };
}

const MAX_COMPLAINT = 16 * 1024;

function complaintsIn(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
