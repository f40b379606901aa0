import { access, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { HomePaths } from "../platform/home.ts";
import { EXAMPLES } from "./examples.ts";
import { hasLegacyManifest } from "./legacy-manifest.ts";

/**
 * Makes the home on the first run, with examples that work as they are (UI-5). Nothing that exists is overwritten, a home
 * that has manifest folders gets no examples (their operator may have deleted them), and neither does one whose old
 * manifest still has to be moved. Returns the files it wrote.
 */
export async function ensureHome(home: HomePaths): Promise<readonly string[]> {
  await mkdir(home.root, { recursive: true, mode: 0o700 });
  const used = (await Promise.all([home.bottles, home.agents].map(exists))).includes(true);
  if (used || (await hasLegacyManifest(home))) return [];
  for (const folder of [home.bottles, home.agents]) await mkdir(folder, { recursive: true, mode: 0o700 });
  const written = await Promise.all(EXAMPLES.map(({ path, text }) => writeNew(join(home.root, ...path), text)));
  return written.filter((file) => file !== null);
}

async function writeNew(file: string, text: string): Promise<string | null> {
  try {
    await writeFile(file, text, { flag: "wx", mode: 0o600 });
    return file;
  } catch (error) {
    // Another panel or command line of the same home was first.
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return null;
    throw error;
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
