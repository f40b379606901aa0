import type { FSWatcher } from "node:fs";
import { watch } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename } from "node:path";
import type { HomePaths } from "../platform/home.ts";
import type { Logger } from "../platform/logger.ts";

/** Calls `onChange` when any process of this home writes or removes a bottle's metadata. */
export async function watchState(home: HomePaths, logger: Logger, onChange: () => void): Promise<Disposable> {
  await mkdir(home.state, { recursive: true, mode: 0o700 });
  const watcher: FSWatcher = watch(home.state, { recursive: true, persistent: false }, (_event, name) => {
    if (name !== null && concernsList(name)) onChange();
  });
  watcher.on("error", (error) => logger.log("warn", "state-watch-failed", { error }));
  return { [Symbol.dispose]: () => watcher.close() };
}

/** Decisions and locks change all the time and are told by the bundle itself. */
function concernsList(name: string): boolean {
  const file = basename(name);
  return file === "metadata.json" || file === "proposals.json" || file === "dismissed-pushes.json" || file === name;
}
