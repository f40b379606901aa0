import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import lockfile from "proper-lockfile";
import { OperatorError } from "#common/domain/operator-error.ts";

const STALE_MS = 10_000;
/** Waits for a holder that died in the middle (its lock is stale after STALE_MS), not for ever. */
const RETRIES = { retries: 60, factor: 1.3, minTimeout: 5, maxTimeout: 500, randomize: true };

/**
 * Runs `task` while no other process of this machine holds the lock `<folder>/<name>.lock`. A holder that died without
 * releasing is taken over once its lock is stale.
 */
export async function withFileLock<T>(folder: string, name: string, task: () => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const release = await lockfile
    .lock(join(folder, name), {
      realpath: false,
      stale: STALE_MS,
      retries: RETRIES,
      // The library's default throws from a timer and would take the panel down; tasks are short and leave whole lines.
      onCompromised: () => undefined,
    })
    .catch((error: unknown) => {
      throw asBusy(error, folder, name);
    });
  try {
    return await task();
  } finally {
    await release().catch(() => undefined);
  }
}

function asBusy(error: unknown, folder: string, name: string): unknown {
  if (!(error instanceof Error && "code" in error && error.code === "ELOCKED")) return error;
  return new OperatorError("conflict", {
    message: `Another bot-bottle process is still busy with ${join(folder, name)}`,
    hint: "Wait until it has finished, or end it, then try again",
    cause: error,
  });
}
