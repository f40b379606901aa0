import { readFile, realpath } from "node:fs/promises";
import { isAbsolute, join, relative, resolve } from "node:path";

/** What a copy of this folder's `.git` lacks, or carries that it should not. */
export async function gitWarnings(root: string): Promise<string[]> {
  const found = await Promise.all([worktreeWarning(root), alternatesWarning(root), credentialWarning(root)]);
  return found.filter((warning) => warning !== null);
}

/** Worktrees and submodules keep their history elsewhere; only a pointer to it would be copied. */
async function worktreeWarning(root: string): Promise<string | null> {
  const pointer = /^gitdir: (.+)$/m.exec(await textOf(join(root, ".git")))?.[1];
  if (pointer === undefined || (await liesWithin(root, pointer.trim()))) return null;
  return `This folder is a git worktree or submodule: its history lies in ${pointer.trim()} and is not copied, so git will not work in the bottle. Start from a clone instead`;
}

async function alternatesWarning(root: string): Promise<string | null> {
  const lines = (await textOf(join(root, ".git/objects/info/alternates"))).split("\n").filter((line) => line.trim() !== "");
  const outside = await Promise.all(lines.map(async (line) => !(await liesWithin(root, resolve(root, ".git/objects", line)))));
  if (!outside.includes(true)) return null;
  return "The repository borrows objects from another one on this machine (alternates), which are not copied: git will miss history. `git repack -a -d` in the folder, with alternates removed, makes it whole";
}

/** The copy is in the agent's hands, and with it what git was told to log in with. */
async function credentialWarning(root: string): Promise<string | null> {
  const config = await textOf(join(root, ".git/config"));
  const holds = /:\/\/[^/\s@]*:[^/\s@]+@|:\/\/[^/\s@:]{20,}@|^\s*extraheader\s*=\s*authorization/im.test(config);
  return holds
    ? "`.git/config` holds a password or token, and the agent could read it: remove it from the remote's URL before you start"
    : null;
}

/** Nothing for what is no file or cannot be read: the copy itself tells. */
async function textOf(path: string): Promise<string> {
  const content = await readFile(path).catch(() => Buffer.alloc(0));
  return content.subarray(0, 64 * 1024).toString();
}

async function liesWithin(root: string, path: string): Promise<boolean> {
  const target = isAbsolute(path) ? path : resolve(root, path);
  const [base, real] = await Promise.all([realpath(root), realpath(target).catch(() => target)]);
  const way = relative(base, real);
  return way === "" || (!way.startsWith("..") && !isAbsolute(way));
}
