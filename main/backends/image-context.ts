import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import type { ImageSpec } from "./backend.ts";

/** One file of a build context. */
export interface ContextFile {
  /** Path inside the context, with `/`. */
  readonly name: string;
  readonly path: string;
  readonly executable: boolean;
  /** Target, where the file is a symbolic link. */
  readonly link: string | null;
}

/** The files an image is built from, in a stable order. */
export async function listContext(build: Pick<ImageSpec["build"], "contextDir" | "include">): Promise<readonly ContextFile[]> {
  const roots = build.include ?? (await readdir(build.contextDir));
  const files = await Promise.all(roots.map((name) => walk(build.contextDir, name)));
  return files.flat().toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function walk(contextDir: string, name: string): Promise<ContextFile[]> {
  const path = join(contextDir, name);
  const stat = await lstat(path);
  if (stat.isDirectory()) {
    const names = await readdir(path);
    return (await Promise.all(names.map((child) => walk(contextDir, `${name}/${child}`)))).flat();
  }
  if (!stat.isFile() && !stat.isSymbolicLink()) return [];
  const link = stat.isSymbolicLink() ? await readlink(path) : null;
  return [{ name, path, executable: (stat.mode & 0o100) !== 0, link }];
}
