import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { join } from "node:path";
import type { z } from "zod";

const CLI = join(import.meta.dirname, "../../../dist/main/cli.js");

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command line as a user's shell would: own process, own environment. `stdin` defaults to nothing. */
export function runCli(args: readonly string[], env: Readonly<Record<string, string>>, stdin = ""): Promise<CliResult> {
  const child = spawnCli(args, env);
  child.stdin?.end(stdin);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) =>
      resolve({ code, stdout: Buffer.concat(stdout).toString("utf8"), stderr: Buffer.concat(stderr).toString("utf8") }),
    );
  });
}

export function spawnCli(args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, [CLI, ...args], { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
}

/** Runs a command that must succeed and parses what it prints as JSON. */
export async function cliJson<T extends z.ZodType>(
  schema: T,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<z.output<T>> {
  const result = await runCli(args, env);
  if (result.code !== 0) throw new Error(`bot-bottle ${args.join(" ")} ended with ${result.code}: ${result.stderr}\n${result.stdout}`);
  return schema.parse(JSON.parse(result.stdout));
}
