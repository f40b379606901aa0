import { randomBytes } from "node:crypto";
import { constants, copyFile, mkdir, open, readlink, rename, rm, rmdir, symlink, unlink } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { errorCode } from "./walk.ts";

/** Puts a file in place of what is there, whole or not at all; without a mode it gets what a new file gets here. */
export async function putFile(at: (name: string) => string, name: string, content: string, mode: number | null, executable: boolean) {
  const draft = at(draftName(name));
  try {
    // Opened new and never through a link; the mode is what the operator's umask leaves of it.
    const file = await open(draft, "wx", executable ? 0o777 : 0o666);
    if (mode !== null) await file.chmod(withExecutable(mode, executable));
    await file.close();
    await copyOver(content, draft);
    await rename(draft, at(name));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function copyOver(from: string, to: string): Promise<void> {
  await using source = await open(from, "r");
  await using target = await open(to, constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_TRUNC);
  for await (const chunk of source.createReadStream({ autoClose: false })) await target.writeFile(chunk as Buffer);
}

export async function putLink(at: (name: string) => string, name: string, target: string): Promise<void> {
  const draft = at(draftName(name));
  await symlink(target, draft);
  await rename(draft, at(name)).catch(async (error: unknown) => {
    await rm(draft, { force: true });
    throw error;
  });
}

export async function setExecutable(path: string, executable: boolean): Promise<void> {
  await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const { mode } = await file.stat();
  await file.chmod(withExecutable(mode & 0o777, executable));
}

/** Whoever may read it may run it, or nobody may. */
function withExecutable(mode: number, executable: boolean): number {
  return executable ? mode | ((mode & 0o444) >> 2) : mode & ~0o111;
}

/** A folder goes only when nothing is in it. */
export async function removeEntry(path: string, kind: "file" | "link" | "folder"): Promise<void> {
  if (kind === "folder") await rmdir(path);
  else await unlink(path);
}

export async function makeFolder(path: string): Promise<void> {
  await mkdir(path);
}

/** Keeps what is there, before it is replaced. */
export async function keepCopy(path: string, kind: "file" | "link", backup: string): Promise<void> {
  await mkdir(dirname(backup), { recursive: true, mode: 0o700 });
  if (kind === "link") await symlink(await readlink(path), backup);
  else await copyFile(path, backup, constants.COPYFILE_EXCL);
}

/** Why something could not be written, for the operator. */
export function writeFailure(error: unknown): string {
  const code = errorCode(error);
  const words: Readonly<Record<string, string>> = {
    EACCES: "this user may not write there",
    EPERM: "this user may not write there",
    EROFS: "the disk is read-only",
    ENOSPC: "the disk is full",
    EDQUOT: "the disk quota is used up",
    ENOTEMPTY: "a folder with other files is there",
    EEXIST: "a folder with other files is there",
    EISDIR: "a folder with other files is there",
    ENAMETOOLONG: "its name is too long for this disk",
  };
  return words[code] ?? `it could not be written (${code})`;
}

function draftName(name: string): string {
  const random = randomBytes(6).toString("hex");
  return `.${posix.basename(name).slice(0, 40)}.${random}.bot-bottle`;
}

/** Where a path's old content is kept. */
export function backupPlace(folder: string, path: string): string {
  return join(folder, "files", path);
}
