import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** What a folder of a test holds: text, or `-> target` for a link, or null for an empty folder; a trailing `*` is executable. */
export type Tree = Readonly<Record<string, string | Buffer | null>>;

export interface HostTree extends AsyncDisposable {
  readonly path: string;
  add(tree: Tree): Promise<void>;
}

/** A folder on this machine, gone with its owner, as is what lies beside it. */
export async function hostTree(tree: Tree = {}): Promise<HostTree> {
  const base = await mkdtemp(join(tmpdir(), "bot-bottle-tree-"));
  const path = join(base, "project");
  await mkdir(path);
  // Also for a test that is nobody for a moment.
  await chmod(base, 0o777);
  const add = async (entries: Tree) => {
    for (const [name, content] of Object.entries(entries)) await addEntry(join(path, name.replace(/\*$/, "")), content, name.endsWith("*"));
  };
  await add(tree);
  return { path, add, [Symbol.asyncDispose]: () => rm(base, { recursive: true, force: true }) };
}

async function addEntry(path: string, content: string | Buffer | null, executable: boolean): Promise<void> {
  await mkdir(content === null ? path : dirname(path), { recursive: true });
  if (content === null) return;
  if (typeof content === "string" && content.startsWith("-> ")) return symlink(content.slice(3), path);
  await writeFile(path, content);
  if (executable) await chmod(path, 0o755);
}
