import type { Dirent } from "node:fs";
import { open, readdir, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { ManifestName } from "#common/domain/names.ts";
import type { Problem } from "#common/manifest/problem.ts";
import { problemAt, START_OF_FILE } from "#common/manifest/problem.ts";
import { MAX_MANIFEST_BYTES, tooLarge } from "#common/manifest/source-text.ts";
import type { FileProblem } from "./manifest-set.ts";

export interface ManifestFile {
  readonly name: string;
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** What a folder of manifests holds; a name whose file cannot be read is among `unreadable`. */
export interface FolderContent {
  readonly files: readonly ManifestFile[];
  readonly unreadable: readonly string[];
  readonly errors: readonly FileProblem[];
  readonly warnings: readonly FileProblem[];
}

const EMPTY: FolderContent = { files: [], unreadable: [], errors: [], warnings: [] };

/**
 * Reads `*.md` of one folder (MAN-1, MAN-2); a missing folder is empty. With `within`, files whose real place is outside
 * of it are refused: a cloned repository could otherwise link its agent's prompt to a private key of the operator.
 */
export async function readManifestFolder(folder: string, within: string | null = null): Promise<FolderContent> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === "ENOENT") return EMPTY;
    return { ...EMPTY, errors: [at(folder, `the folder cannot be read (${errorCode(error)})`)] };
  }
  const names = entries.map(({ name }) => name).filter((name) => name.endsWith(".md"));
  const parts = await Promise.all(names.toSorted().map((name) => readEntry(folder, name, within)));
  return {
    files: parts.flatMap(({ files }) => files),
    unreadable: parts.flatMap(({ unreadable }) => unreadable),
    errors: parts.flatMap(({ errors }) => errors),
    warnings: parts.flatMap(({ warnings }) => warnings),
  };
}

async function readEntry(folder: string, fileName: string, within: string | null): Promise<FolderContent> {
  const file = join(folder, fileName);
  const name = fileName.slice(0, -".md".length);
  const validName = ManifestName.safeParse(name);
  if (!validName.success) {
    return { ...EMPTY, warnings: [at(file, "skipped: the name of a manifest must start with a-z and hold only a-z, 0-9 and -")] };
  }
  try {
    const bytes = await readManifestFile(file, within);
    if (bytes instanceof Uint8Array) return { ...EMPTY, files: [{ name, file, bytes }] };
    return { ...EMPTY, unreadable: [name], errors: [{ file, ...bytes }] };
  } catch (error) {
    // Removed since the folder was listed: as if it had never been there.
    if (errorCode(error) === "ENOENT" && (await isGone(folder, fileName))) return EMPTY;
    return { ...EMPTY, unreadable: [name], errors: [at(file, unreadableMessage(error))] };
  }
}

async function readManifestFile(file: string, within: string | null): Promise<Uint8Array | Problem> {
  if (within !== null && !(await isInside(file, within))) {
    return problemAt(START_OF_FILE, "the file is a link that leads out of the workspace; it is not read");
  }
  // Looked at before it is opened: opening a pipe would wait for a writer for ever.
  const { size } = await stat(file).then((info) => (info.isFile() ? info : { size: -1 }));
  if (size < 0) return problemAt(START_OF_FILE, "this is not a file");
  if (size > MAX_MANIFEST_BYTES) return tooLarge(size);
  return readAtMost(file, MAX_MANIFEST_BYTES + 1);
}

/** Bounded, whatever the size was said to be: the file may grow while it is read. */
async function readAtMost(file: string, limit: number): Promise<Uint8Array> {
  const handle = await open(file, "r");
  try {
    const chunks: Uint8Array[] = [];
    for await (const chunk of handle.createReadStream({ end: limit - 1, autoClose: false })) chunks.push(chunk as Uint8Array);
    return Buffer.concat(chunks);
  } finally {
    await handle.close();
  }
}

async function isInside(file: string, folder: string): Promise<boolean> {
  const [realFile, realFolder] = await Promise.all([realpath(file), realpath(folder)]);
  return realFile.startsWith(realFolder.endsWith(sep) ? realFolder : `${realFolder}${sep}`);
}

async function isGone(folder: string, fileName: string): Promise<boolean> {
  const names: readonly string[] = await readdir(folder).catch(() => []);
  return !names.includes(fileName);
}

function unreadableMessage(error: unknown): string {
  const code = errorCode(error);
  if (code === "ELOOP") return "the file is a link that leads back to itself";
  if (code === "ENOENT") return "the file is a link to something that does not exist";
  if (code === "EACCES" || code === "EPERM") return "the file cannot be read: permission denied";
  return `the file cannot be read (${code})`;
}

function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}

function at(file: string, message: string): FileProblem {
  return { file, ...problemAt(START_OF_FILE, message) };
}
