import type { Dirent } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { OperatorError } from "#common/domain/operator-error.ts";
import { IgnoreRules } from "./ignore-rules.ts";

/** Something in the operator's folder, not opened yet. */
export interface FoundEntry {
  readonly kind: "file" | "folder" | "link" | "other";
  /** Relative to the root, as the file system has it. */
  readonly path: Buffer;
  /** The same as text, for rules and people; bytes that are no UTF-8 show as U+FFFD. */
  readonly name: string;
}

/** One walk through a folder; what it left out can be asked for afterwards. */
export interface Walk {
  readonly bottleIgnore: IgnoreRules;
  readonly gitIgnore: IgnoreRules;
  entries(signal: AbortSignal): AsyncGenerator<FoundEntry>;
}

const SLASH = Buffer.from("/");
/** Larger ones are not read: rules are written by people. */
const MAX_RULES_BYTES = 256 * 1024;

/**
 * Everything in `root` that `.bottleignore` does not leave out, `.git` included, parents first. Links are told as links and
 * never followed: one in a cloned repository must not carry a file from elsewhere on this machine into the bottle.
 */
export function walkFolder(root: string): Walk {
  const bottleIgnore = new IgnoreRules();
  const gitIgnore = new IgnoreRules();
  async function* entries(signal: AbortSignal): AsyncGenerator<FoundEntry> {
    const pending: FoundEntry[] = [{ kind: "folder", path: Buffer.alloc(0), name: "" }];
    for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
      signal.throwIfAborted();
      const children = await readFolder(root, folder);
      await addRules(bottleIgnore, ".bottleignore", root, folder, children);
      await addRules(gitIgnore, ".gitignore", root, folder, children);
      for (const child of children) {
        const found = describe(folder, child);
        if (bottleIgnore.ignores(found.name, found.kind === "folder")) continue;
        if (found.kind === "folder") pending.push(found);
        yield found;
      }
    }
  }
  return { bottleIgnore, gitIgnore, entries };
}

/** Where an entry lies on this machine, in the bytes of its name. */
export function pathOf(root: string, path: Buffer): Buffer {
  return path.length === 0 ? Buffer.from(root) : Buffer.concat([Buffer.from(root), SLASH, path]);
}

/** What cannot be read is the operator's to decide on: leaving it out silently would show as deleted later. */
export function unreadable(name: string, error: unknown): OperatorError {
  return new OperatorError("start-failed", {
    message: `${name} cannot be read (${errorCode(error)}), so the workspace cannot be copied`,
    hint: "Make it readable, or leave it out with a line in .bottleignore.",
    cause: error,
  });
}

export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

/** A folder that went away, or became something else, since it was seen has nothing in it. */
async function readFolder(root: string, { path, name }: FoundEntry): Promise<Dirent<Buffer>[]> {
  try {
    return await readdir(pathOf(root, path), { withFileTypes: true, encoding: "buffer" });
  } catch (error) {
    if (path.length > 0 && ["ENOENT", "ENOTDIR", "ELOOP"].includes(errorCode(error))) return [];
    throw unreadable(name === "" ? root : name, error);
  }
}

function describe(folder: FoundEntry, child: Dirent<Buffer>): FoundEntry {
  const path = folder.path.length === 0 ? child.name : Buffer.concat([folder.path, SLASH, child.name]);
  const kind = child.isFile() ? "file" : child.isDirectory() ? "folder" : child.isSymbolicLink() ? "link" : "other";
  return { kind, path, name: path.toString() };
}

async function addRules(rules: IgnoreRules, file: string, root: string, folder: FoundEntry, children: readonly Dirent<Buffer>[]) {
  if (!children.some((child) => child.isFile() && child.name.equals(Buffer.from(file)))) return;
  const path = pathOf(root, folder.path.length === 0 ? Buffer.from(file) : Buffer.concat([folder.path, SLASH, Buffer.from(file)]));
  const content = await readFile(path).catch(() => Buffer.alloc(0));
  rules.add(folder.name, content.subarray(0, MAX_RULES_BYTES).toString());
}
