import type { Logger } from "./logger.ts";

/** A bug that nobody caught: its reason is on disk before the process ends (BTL-6). */
export function logCrashes(logger: Logger): void {
  process.on("uncaughtException", (error) => {
    logger.log("error", "crash", { error: error.stack ?? String(error) });
    process.stderr.write(`bot-bottle crashed: ${error.stack ?? String(error)}\n`);
    process.exit(70);
  });
}
