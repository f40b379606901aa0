import { createHash } from "node:crypto";
import type { Stats } from "node:fs";
import { existsSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { constants, lstat, mkdir, open, readlink, realpath, stat } from "node:fs/promises";
import { join, posix } from "node:path";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { EntryState } from "./entry-state.ts";
import { errorCode } from "./walk.ts";

const OPEN_FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const OPEN_FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const CHUNK_BYTES = 1024 * 1024;

/** What a host's path holds; `blocked` says why nothing may be read or written there. */
export interface HostEntry {
  readonly state: EntryState | null;
  readonly blocked: string | null;
  /** Permission bits of a file. */
  readonly mode: number;
  /** A file's content where it is no longer than was asked for. */
  readonly content: Buffer | null;
}

/** An open folder: what is reached through it lies in it, whatever happens to its path meanwhile. */
export interface OpenFolder extends AsyncDisposable {
  at(name: string): string;
}

type Barred = AsyncDisposable & { readonly blocked: string };

/**
 * The operator's folder, of which every path is walked down from the top without following a link (openat): neither a link
 * that was there before nor one made meanwhile leads a read or a write elsewhere.
 */
export class HostFolder implements AsyncDisposable {
  readonly path: string;
  readonly #root: FileHandle;
  readonly #throughDescriptors: boolean;

  private constructor(path: string, root: FileHandle, throughDescriptors: boolean) {
    this.path = path;
    this.#root = root;
    this.#throughDescriptors = throughDescriptors;
  }

  /**
   * `path` may be a link itself: it is the operator's own choice. Linux reaches what lies in an open folder through its
   * descriptor; elsewhere the folder's path is checked again to be the same.
   */
  static async open(path: string, throughDescriptors = existsSync("/proc/self/fd")): Promise<HostFolder> {
    const real = await realpath(path).catch(() => null);
    const root = real === null ? null : await open(real, OPEN_FOLDER).catch(() => null);
    if (real === null || root === null) throw folderGone(path);
    return new HostFolder(real, root, throughDescriptors);
  }

  /** What cannot be looked at is blocked: what is not known must not be replaced. */
  async read(path: string, contentUpTo = 0): Promise<HostEntry> {
    try {
      await using parent = await this.parentOf(path, false);
      if (parent === null) return NOTHING;
      if ("blocked" in parent) return { ...NOTHING, blocked: parent.blocked };
      // Awaited here: the folder is closed on return.
      return await readEntry(parent.at(posix.basename(path)), contentUpTo);
    } catch (error) {
      return { ...NOTHING, blocked: `what is there on this machine cannot be read (${errorCode(error)})` };
    }
  }

  /** The open folder in which `path` lies; null where it is not there, or why the way there is barred. */
  async parentOf(path: string, create: boolean): Promise<OpenFolder | Barred | null> {
    let handle = this.#root;
    let at = this.path;
    for (const name of posix.dirname(path) === "." ? [] : posix.dirname(path).split("/")) {
      const next = await this.#enter(this.#opened(handle, at).at(name), create);
      if (handle !== this.#root) await handle.close();
      if (next === null || "blocked" in next) return next;
      handle = next;
      at = join(at, name);
    }
    return this.#opened(handle, at);
  }

  #opened(handle: FileHandle, path: string): OpenFolder {
    const base = this.#throughDescriptors ? `/proc/self/fd/${handle.fd}` : path;
    return {
      at: (name) => `${base}/${name}`,
      [Symbol.asyncDispose]: async () => {
        if (handle !== this.#root) await handle.close();
      },
    };
  }

  async #enter(path: string, create: boolean): Promise<FileHandle | Barred | null> {
    const found = await lstatOrNull(path);
    if (found === null && !create) return null;
    if (found === null) await mkdir(path);
    else if (found.isSymbolicLink()) return barred("a folder on its way is a link on this machine");
    // A file where the bottle has a folder: nothing lies below it, and nothing can until it is gone.
    else if (!found.isDirectory()) return create ? barred("a file is in the way of its folder") : null;
    const handle = await open(path, OPEN_FOLDER);
    if (this.#throughDescriptors || (await isSame(handle, path))) return handle;
    await handle.close();
    return barred("a folder on its way changed just now");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#root.close();
  }
}

async function isSame(handle: FileHandle, path: string): Promise<boolean> {
  const [held, there] = await Promise.all([handle.stat(), stat(path)]);
  return held.ino === there.ino && held.dev === there.dev && (await realpath(path)) === path;
}

const NOTHING: HostEntry = { state: null, blocked: null, mode: 0, content: null };

/** Null for what is not there; any other failure is one. */
async function lstatOrNull(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}

function barred(blocked: string): Barred {
  return { blocked, [Symbol.asyncDispose]: async () => undefined };
}

async function readEntry(path: string, contentUpTo: number): Promise<HostEntry> {
  const found = await lstatOrNull(path);
  if (found === null) return NOTHING;
  if (found.isDirectory()) return { ...NOTHING, state: { kind: "folder" } };
  if (found.isSymbolicLink()) return { ...NOTHING, state: { kind: "link", target: await readlink(path) } };
  if (!found.isFile()) return { ...NOTHING, blocked: "a socket, pipe or device is there on this machine" };
  return readFileEntry(path, contentUpTo);
}

async function readFileEntry(path: string, contentUpTo: number): Promise<HostEntry> {
  await using file = await open(path, OPEN_FILE);
  const { mode, size } = await file.stat();
  const digest = createHash("sha256");
  const kept: Buffer[] = [];
  let read = 0;
  const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, Math.max(size, 1)));
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, read);
    if (bytesRead === 0) break;
    digest.update(chunk.subarray(0, bytesRead));
    if (size <= contentUpTo) kept.push(Buffer.from(chunk.subarray(0, bytesRead)));
    read += bytesRead;
  }
  return {
    state: { kind: "file", executable: (mode & 0o111) !== 0, size: read, sha256: digest.digest("base64url") },
    blocked: null,
    mode: mode & 0o777,
    content: size <= contentUpTo ? Buffer.concat(kept) : null,
  };
}

function folderGone(path: string): OperatorError {
  return new OperatorError("not-found", {
    message: `The folder ${path}, which was copied into the bottle, is not there any more`,
    hint: "Put it back at that place, then compare again.",
  });
}
