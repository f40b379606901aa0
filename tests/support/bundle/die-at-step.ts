import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { isMainThread } from "node:worker_threads";

/**
 * Loaded into a bundle before its own code: once told by SIGUSR2, it ends the process as kill -9 does, right before the n-th
 * step by which init changes what a next run finds (`DIE_AT_STEP`, from 1): the state's replacement, a line of the journal. With
 * every n a test visits every boundary there is.
 */
const STEPS = ["writeSync", "renameSync"] as const;
const last = Number(process.env.DIE_AT_STEP);
let armed = false;
let steps = 0;

function beforeStep(): void {
  if (!armed) return;
  steps += 1;
  if (steps === last) process.kill(process.pid, "SIGKILL");
}

if (isMainThread) {
  const changed = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const name of STEPS) {
    const original = changed[name];
    changed[name] = (...args) => {
      beforeStep();
      return original?.(...args);
    };
  }
  syncBuiltinESMExports();
  process.on("SIGUSR2", () => {
    armed = true;
    process.stderr.write('{"event":"armed"}\n');
  });
}
