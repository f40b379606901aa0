import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { HomePaths } from "./home.ts";

/** Path of a new file for the operator below `$BOT_BOTTLE_HOME/exports`, named for what it holds and when it was made. */
export async function exportFile(home: HomePaths, now: Date, what: string, extension: string): Promise<string> {
  const folder = join(home.root, "exports");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const moment = now.toISOString().replaceAll(/[-:]/g, "").replace(".", "");
  return join(folder, `${what}-${moment}.${extension}`);
}
