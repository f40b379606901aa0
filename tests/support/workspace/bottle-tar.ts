import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { Header } from "tar-stream";
import { pack } from "tar-stream";
import type { Tree } from "./host-tree.ts";

export type RawEntry = Partial<Header> & { readonly name: string; readonly content?: string | Buffer };

/** A tar with exactly these entries, whatever they are: an engine would not pack some of them, a hostile one might. */
export async function rawTar(entries: readonly RawEntry[]): Promise<Buffer> {
  const tar = pack();
  for (const { content, ...header } of entries) {
    if (content === undefined) tar.entry({ ...header } as Header).end(undefined);
    else tar.entry({ ...header } as Header, Buffer.from(content as string));
  }
  tar.finalize();
  return buffer(tar as unknown as Readable);
}

/** The tar of a bottle's workspace as an engine packs it, from a tree as in host-tree.ts. */
export function workspaceTar(tree: Tree): Promise<Buffer> {
  const folders = new Set<string>();
  for (const name of Object.keys(tree)) for (const folder of above(name)) folders.add(folder);
  const entries: RawEntry[] = [{ name: "workspace/", type: "directory", mode: 0o755 }];
  for (const folder of [...folders].toSorted())
    if (!(folder in tree)) entries.push({ name: `workspace/${folder}/`, type: "directory", mode: 0o755 });
  return rawTar([...entries, ...Object.entries(tree).map(([name, content]) => treeEntry(name, content))]);
}

function treeEntry(name: string, content: string | Buffer | null): RawEntry {
  const path = `workspace/${name.replace(/\*$/, "")}`;
  if (content === null) return { name: `${path}/`, type: "directory", mode: 0o755 };
  if (typeof content === "string" && content.startsWith("-> ")) return { name: path, type: "symlink", linkname: content.slice(3) };
  return { name: path, mode: name.endsWith("*") ? 0o755 : 0o644, content };
}

function above(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_part, index) => parts.slice(0, index + 1).join("/"));
}

export function streamOf(content: Buffer): Readable {
  return Readable.from([content]);
}
