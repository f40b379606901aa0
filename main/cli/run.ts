import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CommanderError } from "commander";
import type { Product, ProductOptions } from "../app/product.ts";
import type { Command } from "./context.ts";
import { ttyOf } from "./context.ts";
import { Output } from "./output.ts";
import { createProgram, usageExitCode } from "./program.ts";
import { reportError } from "./report-error.ts";

type Process = Pick<NodeJS.Process, "stdin" | "stdout" | "stderr" | "env" | "cwd" | "on" | "off">;

/** Runs one command and resolves with its exit code; never throws. */
export async function runCli(argv: readonly string[], own: Process): Promise<number> {
  let exitCode = 0;
  endQuietlyOnClosedPipe(own);
  const program = createProgram({
    version: version(),
    write: (text) => void own.stdout.write(text),
    writeError: (text) => void own.stderr.write(text),
    run: async (json, work) => {
      exitCode = await runCommand(new Output(json, own.stdout, own.stderr), own, work);
    },
  });
  try {
    await program.parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    return error instanceof CommanderError
      ? usageExitCode(error)
      : reportError(error, new Output(argv.includes("--json"), own.stdout, own.stderr));
  }
}

async function runCommand(output: Output, own: Process, work: (command: Command) => Promise<number>): Promise<number> {
  const ending = new AbortController();
  const end = () => ending.abort();
  let product: Promise<Product> | null = null;
  own.on("SIGINT", end).on("SIGTERM", end).on("SIGHUP", end);
  try {
    return await work({
      output,
      stdin: own.stdin,
      stdout: own.stdout,
      stderr: own.stderr,
      env: own.env,
      cwd: own.cwd(),
      signal: ending.signal,
      product: ({ mayAsk = false } = {}) => {
        product ??= openProduct(own, mayAsk);
        return product;
      },
    });
  } catch (error) {
    return reportError(error, output);
  } finally {
    await closeProduct(product);
    own.off("SIGINT", end).off("SIGTERM", end).off("SIGHUP", end);
  }
}

/** Help and usage errors must not wait for the engine's libraries. */
async function openProduct(own: Process, mayAsk: boolean): Promise<Product> {
  const { openProduct: open } = await import("../app/product.ts");
  const tty = mayAsk ? ttyOf(own) : null;
  const ask: ProductOptions["ask"] = tty === null ? null : async (prompts) => (await import("./ask-secret.ts")).askSecrets(prompts, tty);
  const askPassphrase: ProductOptions["askPassphrase"] =
    tty === null ? null : async (attempt) => (await import("./ask-secret.ts")).askPassphrase(attempt, tty);
  return open({ env: own.env, role: "cli", ask, askPassphrase });
}

async function closeProduct(product: Promise<Product> | null): Promise<void> {
  // A product that could not be opened has been reported already.
  const opened = await product?.catch(() => null);
  await opened?.[Symbol.asyncDispose]();
}

/** `bot-bottle decisions … | head` closes the pipe: that is the end of the output, not a fault. */
function endQuietlyOnClosedPipe({ stdout }: Process): void {
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
}

function version(): string {
  const file = join(import.meta.dirname, "../../package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
