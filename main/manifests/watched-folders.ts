import type { Dirent } from "node:fs";
import { readdirSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { HomePaths } from "../platform/home.ts";

/** What a change of a name in a folder means: other folders are to be watched, or only that something is to be read again. */
export type Effect = "rearm" | "report";

/** Which names of a folder concern us; a name is null where the system does not tell it. */
export type Interest = (name: string | null) => Effect | null;

const MANIFEST: Interest = (name) => (name === null || name.endsWith(".md") ? "report" : null);
/** More links than this are dotfiles gone wrong; what they lead to is read at the next other change. */
const MAX_LINKS = 100;

/** Every folder that leads to manifests or holds some, and what of it matters. */
export function foldersToWatch(home: HomePaths, workspaces: readonly string[]): ReadonlyMap<string, readonly Interest[]> {
  const folders = new Map<string, Interest[]>();
  const add = (folder: string, interest: Interest) => folders.set(folder, [...(folders.get(folder) ?? []), interest]);
  add(dirname(home.root), only([basename(home.root)]));
  add(home.root, only([...[home.bottles, home.agents, home.contrib].map((path) => basename(path)), "bot-bottle.json"]));
  add(home.contrib, () => "rearm");
  for (const entry of list(home.contrib)) if (entry.isDirectory()) add(join(home.contrib, entry.name), () => "report");
  const manifests = [home.bottles, home.agents];
  for (const workspace of workspaces) {
    const nested = join(workspace, ".bot-bottle");
    add(dirname(workspace), only([basename(workspace)]));
    add(workspace, only([".bot-bottle", "bot-bottle.json"]));
    add(nested, () => "rearm");
    manifests.push(join(nested, "agents"), join(nested, "bottles"));
  }
  for (const folder of manifests) {
    add(folder, MANIFEST);
    for (const file of linkedFiles(folder)) add(dirname(file), (name) => (name === null || name === basename(file) ? "report" : null));
  }
  return folders;
}

function only(names: readonly string[]): Interest {
  return (name) => (name === null || names.includes(name) ? "rearm" : null);
}

/** Where the links of a folder lead: an operator who keeps dotfiles elsewhere edits them there. */
function linkedFiles(folder: string): string[] {
  const links = list(folder).filter((entry) => entry.isSymbolicLink() && entry.name.endsWith(".md"));
  return links.slice(0, MAX_LINKS).flatMap(({ name }) => {
    try {
      return [realpathSync(join(folder, name))];
    } catch {
      return [];
    }
  });
}

function list(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // Not there yet: the folder above tells when it comes.
    return [];
  }
}
