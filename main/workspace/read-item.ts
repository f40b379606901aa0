import { createHash, hash } from "node:crypto";
import type { Stats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { lstat, open, readlink } from "node:fs/promises";
import type { WorkspaceItem } from "../backends/backend.ts";
import { OPEN_FLAGS, openSmall } from "./open-small.ts";
import type { RecordedEntry } from "./record.ts";
import type { FoundEntry } from "./walk.ts";
import { errorCode, pathOf, unreadable } from "./walk.ts";

/** An entry that can go into the bottle; `recorded` is complete once its content has been read. */
export interface ReadItem {
  readonly item: WorkspaceItem;
  recorded(): RecordedEntry;
}

/** Up to here a file is read at once, ahead of its turn. */
const AT_ONCE_BYTES = 256 * 1024;
const CHUNK_BYTES = 1024 * 1024;

/** Opens what was found; null for what is gone meanwhile and for what is neither file, folder nor link. */
export async function readItem(root: string, found: FoundEntry): Promise<ReadItem | null> {
  try {
    if (found.kind === "file") return await readFileItem(root, found);
    if (found.kind === "other") return null;
    const path = pathOf(root, found.path);
    const stat = await lstat(path);
    if (found.kind === "link") {
      const target = await readlink(path, { encoding: "buffer" });
      return linkItem(found, target, stat);
    }
    const item = { kind: "folder", path: found.path, mode: stat.mode & 0o777, mtime: stat.mtime } as const;
    return { item, recorded: () => ({ kind: "folder", path: found.name }) };
  } catch (error) {
    // ELOOP: it became a link since the folder was read. ENXIO: a socket took its place.
    if (["ENOENT", "ENOTDIR", "ELOOP", "ENXIO", "EINVAL"].includes(errorCode(error))) return null;
    throw unreadable(found.name, error);
  }
}

function linkItem(found: FoundEntry, target: Buffer, { mtime }: Stats): ReadItem {
  const item = { kind: "link", path: found.path, target, mtime } as const;
  return { item, recorded: () => ({ kind: "link", path: found.name, target: target.toString() }) };
}

async function readFileItem(root: string, found: FoundEntry): Promise<ReadItem | null> {
  const { stat, content } = await openSmall(pathOf(root, found.path), AT_ONCE_BYTES);
  if (!stat.isFile()) return null;
  const common = { kind: "file", path: found.path, mode: stat.mode & 0o777, mtime: stat.mtime, size: stat.size } as const;
  if (content === null) return largeFile(root, found, common);
  const sha256 = hash("sha256", content, "base64url");
  return { item: { ...common, content: [content] }, recorded: () => fileRecord(found, common, sha256) };
}

type FileFacts = Pick<Extract<WorkspaceItem, { kind: "file" }>, "kind" | "path" | "mode" | "mtime" | "size">;

/** Opened again when its turn comes: files opened ahead of it would wait with their descriptors. */
function largeFile(root: string, found: FoundEntry, facts: FileFacts): ReadItem {
  const digest = createHash("sha256");
  let sha256 = "";
  async function* content(): AsyncGenerator<Buffer> {
    await using file = await open(pathOf(root, found.path), OPEN_FLAGS).catch(() => null);
    for (let offset = 0; offset < facts.size; offset += CHUNK_BYTES) {
      const chunk = await readExactly(file, offset, Math.min(CHUNK_BYTES, facts.size - offset));
      digest.update(chunk);
      yield chunk;
    }
    sha256 = digest.digest("base64url");
  }
  return { item: { ...facts, content: content() }, recorded: () => fileRecord(found, facts, sha256) };
}

function fileRecord(found: FoundEntry, { mode, size }: FileFacts, sha256: string): RecordedEntry {
  return { kind: "file", path: found.name, executable: (mode & 0o111) !== 0, size, sha256 };
}

/** A size is promised before the content is read: what is missing by then is filled with zeros, what is more is left out. */
async function readExactly(file: FileHandle | null, offset: number, length: number): Promise<Buffer> {
  const chunk = Buffer.allocUnsafe(length);
  let filled = 0;
  while (file !== null && filled < length) {
    const { bytesRead } = await file.read(chunk, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return chunk.fill(0, filled);
}
