import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { lstat, open, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { OperatorError } from "#common/domain/operator-error.ts";

export type WorkspaceItem =
  | { readonly kind: "folder"; readonly name: string; readonly mode: number; readonly mtime: Date }
  | { readonly kind: "link"; readonly name: string; readonly target: string; readonly mtime: Date }
  | {
      readonly kind: "file";
      readonly name: string;
      readonly mode: number;
      readonly mtime: Date;
      readonly file: FileHandle;
      readonly size: number;
    };

/**
 * Everything in the operator's project, `.git` included, parents first. Links are told as links and never followed: one
 * in a cloned repository must not carry a file from elsewhere on this machine into the bottle. The receiver closes files.
 */
export async function* walkWorkspace(root: string, name = ""): AsyncGenerator<WorkspaceItem> {
  for (const entry of await readdir(join(root, name), { withFileTypes: true })) {
    const child = name === "" ? entry.name : `${name}/${entry.name}`;
    if (entry.isDirectory()) {
      const stat = await lstat(join(root, child));
      yield { kind: "folder", name: child, mode: stat.mode & 0o777, mtime: stat.mtime };
      yield* walkWorkspace(root, child);
    } else if (entry.isSymbolicLink()) {
      const [target, stat] = await Promise.all([readlink(join(root, child)), lstat(join(root, child))]);
      yield { kind: "link", name: child, target, mtime: stat.mtime };
    } else if (entry.isFile()) {
      const item = await openFile(join(root, child), child);
      if (item !== null) yield item;
    }
  }
}

/** Null for a file that went away meanwhile. O_NOFOLLOW: it may have become a link since the folder was read. */
async function openFile(path: string, name: string): Promise<WorkspaceItem | null> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = await file.stat();
    if (stat.isFile()) return { kind: "file", name, mode: stat.mode & 0o777, mtime: stat.mtime, file, size: stat.size };
    await file.close();
    return null;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "ENOENT" || code === "ELOOP") return null;
    throw new OperatorError("start-failed", {
      message: `${path} cannot be copied into the bottle (${String(code)})`,
      hint: "Make it readable, remove it, or start without the workspace.",
      cause: error,
    });
  }
}
