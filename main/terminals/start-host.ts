import { spawn } from "node:child_process";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { OperatorError } from "#common/domain/operator-error.ts";
import { passedOnEnv } from "../platform/passed-on-env.ts";

export interface HostProgram {
  /** A Node that outlives this process: its own executable, or Electron's run as Node. */
  readonly node: string;
  readonly entry: string;
  readonly logFolder: string;
  /** Of this only what every program may know is passed on, and what `furtherEnv` names: the host outlives us and needs no credential. */
  readonly env: NodeJS.ProcessEnv;
  readonly furtherEnv: readonly string[];
}

/** The descriptor on which the host says that somebody listens; closed without a word it has failed. */
export const READY_DESCRIPTOR = 3;

/** Starts the terminal host detached, so that it survives whoever started it (TRM-2). Resolves when a host listens. */
export async function startHostProcess(program: HostProgram): Promise<void> {
  await mkdir(program.logFolder, { recursive: true, mode: 0o700 });
  await using log = await open(join(program.logFolder, "pty-host.log"), "a", 0o600);
  const child = spawn(program.node, [program.entry], {
    detached: true,
    stdio: ["ignore", log.fd, log.fd, "pipe"],
    env: { ...passedOnEnv(program.env, program.furtherEnv), ELECTRON_RUN_AS_NODE: "1" },
    cwd: "/",
  });
  const failed = new Promise<never>((_resolve, reject) => child.once("error", reject));
  const ready = child.stdio[READY_DESCRIPTOR] as Readable;
  const said = await Promise.race([readAll(ready), failed]);
  child.unref();
  if (!said.startsWith("ready")) {
    throw new OperatorError("protocol", {
      message: "The terminal host did not start.",
      hint: `${join(program.logFolder, "pty-host.log")} says why.`,
    });
  }
}

async function readAll(stream: Readable): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return text;
}
