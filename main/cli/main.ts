import type { Writable } from "node:stream";
import { runCli } from "./run.ts";

const exitCode = await runCli(process.argv.slice(2), process);
await Promise.all([process.stdout, process.stderr].map(flushed));
// Connections that the engine's client keeps for reuse must not keep the operator waiting.
process.exit(exitCode);

function flushed(stream: Writable): Promise<void> {
  return new Promise((resolve) => stream.write("", () => resolve()));
}
