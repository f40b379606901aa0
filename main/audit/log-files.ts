import { readdir, rename } from "node:fs/promises";
import { join } from "node:path";

const CURRENT = "audit.jsonl";
const ROTATED = /^audit\.(\d{9})\.jsonl$/;

/** The file that entries are added to. */
export function currentFile(folder: string): string {
  return join(folder, CURRENT);
}

/** A log's files, oldest first; the current one, where it is there, is the last. */
export async function logFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
    throw error;
  });
  const rotated = names.filter((name) => ROTATED.test(name)).sort();
  return [...rotated, ...names.filter((name) => name === CURRENT)].map((name) => join(folder, name));
}

/** Puts the current file aside under the number of its last entry. Nothing is ever removed: the chain goes on in the next file. */
export async function rotate(folder: string, lastIndex: number): Promise<void> {
  await rename(currentFile(folder), join(folder, `audit.${String(lastIndex).padStart(9, "0")}.jsonl`));
}
