import { randomUUID } from "node:crypto";
import type { Duplex } from "node:stream";
import type Docker from "dockerode";
import { openEvents } from "../engine/event-stream.ts";

/** Environment variable that marks a program and everything it starts, so that all of it can be ended (BTL-5). */
const MARK = "BOT_BOTTLE_EXEC";

export interface ExecRequest {
  readonly container: Docker.Container;
  readonly argv: readonly string[];
  readonly user: string;
  readonly tty: { readonly cols: number; readonly rows: number } | null;
}

/** A program the engine runs inside a container, and the connection to it. */
export interface ExecSession {
  readonly connection: Duplex;
  readonly resize: (cols: number, rows: number) => Promise<void>;
  /** Waits for the program's end, which may come after that of its output. */
  readonly exitCode: () => Promise<number>;
  /** Ends the program and what it left running, also where it ignores its terminal's end. */
  readonly kill: () => Promise<void>;
}

export async function openExec(engine: Docker, request: ExecRequest, signal: AbortSignal): Promise<ExecSession> {
  signal.throwIfAborted();
  const mark = randomUUID();
  const exec = await request.container.exec({
    Cmd: [...request.argv],
    User: request.user,
    Env: [`${MARK}=${mark}`, ...(request.tty === null ? [] : ["TERM=xterm-256color"])],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: request.tty !== null,
    ...(request.tty === null ? {} : { DetachKeys: UNTYPED_KEYS }),
  });
  const connection = await exec.start({ hijack: true, stdin: true, Tty: request.tty !== null });
  const session: ExecSession = {
    connection,
    resize: async (cols, rows) => void (await exec.resize({ w: cols, h: rows })),
    exitCode: () => waitForExit(engine, request.container.id, exec),
    kill: () => killMarked(request.container, request.user, mark),
  };
  // Not waited for: an engine may take its ten seconds to say that a short program had no terminal left to size.
  if (request.tty !== null) session.resize(request.tty.cols, request.tty.rows).catch(() => {});
  if (!signal.aborted) return session;
  connection.destroy();
  await session.kill();
  throw signal.reason;
}

/** The engine takes this sequence out of what is typed and detaches; its own default begins with Ctrl-P, which shells need. */
const UNTYPED_KEYS = Array(8).fill("ctrl-^").join(",");

/** Listens first and asks then, so that an end in between is not missed. */
async function waitForExit(engine: Docker, containerId: string, exec: Docker.Exec): Promise<number> {
  const known = await exitCodeOf(exec);
  if (known !== null) return known;
  const listening = new AbortController();
  try {
    const events = await openEvents(engine, { container: [containerId], event: ["exec_die", "die", "destroy"] }, listening.signal);
    const meanwhile = await exitCodeOf(exec);
    if (meanwhile !== null) return meanwhile;
    for await (const { Action, Actor } of events) {
      const { execID, exitCode } = Actor.Attributes ?? {};
      if (Action === "die" || Action === "destroy") return LOST_EXIT_CODE;
      if (execID === exec.id) return Number(exitCode ?? LOST_EXIT_CODE);
    }
    return (await exitCodeOf(exec)) ?? LOST_EXIT_CODE;
  } finally {
    listening.abort();
  }
}

/** As shells report a program that was killed with its machine. */
const LOST_EXIT_CODE = 137;

async function exitCodeOf(exec: Docker.Exec): Promise<number | null> {
  const state = await exec.inspect().catch(() => null);
  // The engine forgets execs of a container that is gone.
  if (state === null) return LOST_EXIT_CODE;
  return state.Running ? null : (state.ExitCode ?? null);
}

/**
 * The engine has no call that ends an exec, and closing its connection leaves the program running. So the marked processes
 * are sought from inside, as the same user, until a round finds none: a program that forks while being killed is caught.
 */
async function killMarked(container: Docker.Container, user: string, mark: string): Promise<void> {
  const script = `n=0; while [ $n -lt 20 ]; do n=$((n+1)); found=; for e in /proc/[0-9]*/environ; do
    if grep -qs "^${MARK}=${mark}$" <<E
$(tr '\\0' '\\n' < "$e" 2>/dev/null)
E
    then p=\${e#/proc/}; kill -9 "\${p%/environ}" 2>/dev/null && found=1; fi; done; [ -n "$found" ] || exit 0; done`;
  const reaper = await container
    .exec({ Cmd: ["/bin/sh", "-c", script], User: user, AttachStdout: true, AttachStderr: true })
    .catch(() => null);
  if (reaper === null) return;
  const output = await reaper.start({ hijack: true, stdin: false }).catch(() => null);
  if (output === null) return;
  await new Promise<void>((resolve) => output.resume().once("close", resolve));
}
