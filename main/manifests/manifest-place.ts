import { realpath } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import type { ManifestKind } from "#common/ipc/manifest-methods.ts";
import type { HomePaths } from "../platform/home.ts";
import { agentsOf, workspaceBeside } from "./load-manifests.ts";

/** Which manifest is meant. Bottles are the home's, whatever the workspace (MAN-1). */
export interface ManifestRef {
  readonly kind: ManifestKind;
  readonly name: string;
  readonly workspace: string | null;
}

/** Where a manifest lies, and the folder that it may not really lie outside of. */
export interface ManifestPlace {
  readonly file: string;
  readonly source: "home" | "workspace";
  readonly root: string;
}

export function placeOf(home: HomePaths, { kind, name, workspace: chosen }: ManifestRef): ManifestPlace {
  const workspace = kind === "bottle" ? null : workspaceBeside(home, chosen);
  if (workspace !== null) return { file: join(agentsOf(workspace), `${name}.md`), source: "workspace", root: workspace };
  return { file: join(kind === "bottle" ? home.bottles : home.agents, `${name}.md`), source: "home", root: home.root };
}

/** Whether a file, or where it is to be, really lies in the folder: links that lead out of it do not count as in it. */
export async function liesInside(file: string, root: string): Promise<boolean> {
  const [real, realRoot] = await Promise.all([nearestReal(file), nearestReal(root)]);
  return real.startsWith(realRoot.endsWith(sep) ? realRoot : `${realRoot}${sep}`);
}

/** The real path of what exists of a path, which says where the rest would be made. */
async function nearestReal(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || dirname(path) === path) throw error;
    return join(await nearestReal(dirname(path)), path.slice(dirname(path).length));
  }
}
