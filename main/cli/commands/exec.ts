import { once } from "node:events";
import { pipeline } from "node:stream/promises";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { Backend } from "../../backends/backend.ts";
import type { Command } from "../context.ts";
import { parseSlug, ttyOf } from "../context.ts";
import { runTtySession } from "../tty-session.ts";

/** Runs a program in the agent's sandbox as the agent's user and ends with its exit code. */
export async function exec(command: Command, slug: string, words: readonly string[]): Promise<number> {
  // The grammar leaves the `--` that ends our own options in its place.
  const argv = words[0] === "--" ? words.slice(1) : words;
  if (argv.length === 0) throw new OperatorError("bad-input", { message: "exec needs a command", hint: "bot-bottle exec <slug> -- ls -l" });
  const { services } = await command.product();
  await services.require(parseSlug(slug));
  const { backend } = services.deps;
  const tty = ttyOf(command);
  if (tty === null) return execPlain(command, backend, slug, argv);
  const end = await runTtySession((size) => backend.openShell(slug, argv, size, command.signal), tty);
  return end.kind === "exited" ? (end.code ?? 1) : 0;
}

async function execPlain(command: Command, backend: Backend, slug: string, argv: readonly string[]): Promise<number> {
  await using running = await backend.exec(slug, argv, command.signal);
  // A program may end without reading its input; what it did not take is nobody's failure.
  const feeding = pipeline(command.stdin, running.stdin, { signal: command.signal }).catch(() => undefined);
  const shown = Promise.all([show(running.stdout, command.stdout), show(running.stderr, command.stderr)]);
  const code = await running.exited;
  await shown;
  command.stdin.destroy();
  await feeding;
  return code;
}

/** As bytes, with back-pressure; the target is ours to keep open. */
async function show(from: NodeJS.ReadableStream, to: NodeJS.WritableStream): Promise<void> {
  for await (const chunk of from) if (!to.write(chunk)) await once(to, "drain");
}
