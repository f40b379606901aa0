import type { Duplex, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import type Docker from "dockerode";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { ExecStream, TerminalSize, TerminalStream } from "../../backend.ts";
import { demultiplex } from "./demultiplex.ts";
import type { ExecSession } from "./exec-session.ts";
import { openExec } from "./exec-session.ts";
import { PairedStream } from "./paired-stream.ts";

export interface ExecTarget {
  readonly engine: Docker;
  readonly container: Docker.Container;
  readonly user: string;
}

/** A program without a terminal; its output and its exit code are its own. */
export async function openGuestExec(target: ExecTarget, argv: readonly string[], signal: AbortSignal): Promise<ExecStream> {
  const session = await openExec(target.engine, { ...target, argv, tty: null }, signal);
  const { stdout, stderr } = demultiplex(session.connection);
  const exited = exitOf(session);
  const cancel = () => void endSession(session);
  signal.addEventListener("abort", cancel, { once: true });
  exited.finally(() => signal.removeEventListener("abort", cancel)).catch(() => {});
  return { stdin: stdinOf(session), stdout, stderr, exited, [Symbol.asyncDispose]: () => endSession(session, exited) };
}

/** A further terminal beside the agent's. */
export async function openGuestShell(
  target: ExecTarget,
  argv: readonly string[],
  size: TerminalSize,
  signal: AbortSignal,
): Promise<TerminalStream> {
  const session = await openExec(target.engine, { ...target, argv, tty: size }, signal);
  const exited = exitOf(session).catch(() => null);
  return {
    output: session.connection,
    input: session.connection,
    exited,
    resize: (cols, rows) => session.resize(cols, rows),
    [Symbol.asyncDispose]: () => endSession(session, exited),
  };
}

/** The bundle's control channel: what `ctl` reads and writes, as one stream; what it complains of becomes the stream's error. */
export async function openControlChannel(target: ExecTarget, signal: AbortSignal): Promise<Duplex> {
  const session = await openExec(target.engine, { ...target, argv: ["ctl"], tty: null }, signal);
  const { stdout, stderr } = demultiplex(session.connection);
  const complaint = text(stderr).catch(() => "");
  const channel = new PairedStream(stdout, stdinOf(session));
  exitOf(session)
    .then(
      async (code) =>
        code === 0 || channel.destroyed || channel.destroy(unreachable((await complaint).trim() || `ctl ended with code ${code}`)),
    )
    .catch((error: Error) => channel.destroy(error));
  // Once its output has ended `ctl` is gone, and an exec that looks for it would only burden the engine.
  channel.once("close", () => session.connection.readableEnded || void endSession(session).catch(() => {}));
  return channel;
}

function unreachable(reason: string): OperatorError {
  return new OperatorError("bundle-unreachable", {
    message: `the sidecar bundle's control channel did not open: ${reason.slice(0, 500)}`,
    hint: "It may still be starting; see the sidecars' logs if it stays so.",
  });
}

/** Ending it tells the program that nothing more comes, while its output goes on. */
function stdinOf(session: ExecSession): Writable {
  return session.connection;
}

function exitOf(session: ExecSession): Promise<number> {
  const { connection } = session;
  const ended = new Promise<void>((resolve) => connection.once("close", resolve));
  connection.on("error", () => {});
  const exited = ended.then(() => session.exitCode());
  exited.catch(() => {});
  return exited;
}

async function endSession(session: ExecSession, exited?: Promise<unknown>): Promise<void> {
  session.connection.destroy();
  await session.kill();
  await exited;
}
