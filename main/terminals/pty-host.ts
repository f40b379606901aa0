import { closeSync, writeSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { buildId } from "#common/build-id.ts";
import { createDockerBackend } from "../backends/docker/docker-backend.ts";
import { systemClock } from "../platform/clock.ts";
import { homePaths } from "../platform/home.ts";
import { fileLogger } from "../platform/logger.ts";
import { READY_DESCRIPTOR } from "./start-host.ts";
import { startTerminalHost } from "./terminal-host.ts";

const IDLE_MS = 30_000;

/** The detached process that owns the terminals of one home's bottles; nobody waits for it and it ends by itself. */
async function main(): Promise<void> {
  const home = homePaths(process.env);
  const logger = fileLogger(home.logs, "pty-host", systemClock);
  await using host = await startTerminalHost({
    socketPath: join(home.root, "run", "pty-host.sock"),
    build: buildId,
    backends: [createDockerBackend({ env: process.env, homeDir: homedir(), cacheDir: join(home.root, "cache") })],
    logger,
    idleMs: IDLE_MS,
  });
  // Said also where another host listens: whoever started us wants one, not us.
  sayReady();
  if (host === null) return;
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
  await Promise.race([host.idle, stopped]);
}

function sayReady(): void {
  try {
    writeSync(READY_DESCRIPTOR, "ready\n");
    closeSync(READY_DESCRIPTOR);
  } catch {
    // Started by hand, or the starter is gone already.
  }
}

await main();
// The engine's connections are of no use to anybody now.
process.exit(0);
