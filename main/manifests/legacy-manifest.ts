import { access } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { problemAt, START_OF_FILE } from "#common/manifest/problem.ts";
import type { HomePaths } from "../platform/home.ts";
import type { FileProblem } from "./manifest-set.ts";

const LEGACY_FILE = "bot-bottle.json";

/** The predecessor's single file, where the folders that replaced it are missing (MAN-3). */
export async function findLegacy(home: HomePaths, workspace: string | null): Promise<FileProblem[]> {
  const beside = basename(home.root) === ".bot-bottle" ? [dirname(home.root)] : [];
  const places = [home.root, ...beside].map((folder) => ({ folder, replacement: home.root }));
  if (workspace !== null) places.push({ folder: workspace, replacement: join(workspace, ".bot-bottle") });
  const found = await Promise.all(places.map(({ folder, replacement }) => legacyProblem(folder, replacement, home)));
  return found.flat();
}

async function legacyProblem(folder: string, replacement: string, home: HomePaths): Promise<FileProblem[]> {
  const file = join(folder, LEGACY_FILE);
  if (!(await exists(file))) return [];
  if ((await exists(join(replacement, "bottles"))) || (await exists(join(replacement, "agents")))) return [];
  const message = `this file is not read any more; move each bottle to ${home.bottles}/<name>.md and each agent to ${join(replacement, "agents")}/<name>.md`;
  return [{ file, ...problemAt(START_OF_FILE, message) }];
}

/** Whether there is a legacy manifest whose settings wait to be moved. */
export async function hasLegacyManifest(home: HomePaths): Promise<boolean> {
  return (await findLegacy(home, null)).length > 0;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
