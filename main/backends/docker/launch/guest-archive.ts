import { once } from "node:events";
import type { FileHandle } from "node:fs/promises";
import { posix } from "node:path";
import type { Pack } from "tar-stream";
import { pack } from "tar-stream";
import type { GuestEntry } from "../../backend.ts";
import { GUEST, GUEST_WORKSPACE } from "./container-options.ts";
import type { WorkspaceItem } from "./workspace-files.ts";
import { walkWorkspace } from "./workspace-files.ts";

type EntryHeader = Parameters<Pack["entry"]>[0];

const OWNERS = { root: { uid: 0, gid: 0 }, guest: { uid: GUEST.uid, gid: GUEST.gid } } as const;

/**
 * Everything that goes into a container before it starts, as one stream with owners and modes set, so that no root process
 * ever has to run in it (D3). `root` is where the engine unpacks it; entries lie below.
 */
export function packGuest(root: string, entries: readonly GuestEntry[], workspace: string | null): Pack {
  const tar = pack();
  const fill = async () => {
    for (const entry of withHomeFolders(entries)) await addEntry(tar, root, entry);
    if (workspace !== null) await addWorkspace(tar, root, workspace);
    tar.finalize();
  };
  fill().catch((error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))));
  return tar;
}

/** Folders that entries below the guest's home imply belong to the guest; the engine would make them root's. */
function withHomeFolders(entries: readonly GuestEntry[]): readonly GuestEntry[] {
  const named = new Set(entries.map(({ path }) => path));
  const implied = new Set<string>();
  for (const { path } of entries) {
    if (!path.startsWith(`${GUEST.home}/`)) continue;
    for (let parent = posix.dirname(path); parent !== GUEST.home; parent = posix.dirname(parent))
      if (!named.has(parent)) implied.add(parent);
  }
  const folders = [...implied].map((path): GuestEntry => ({ kind: "folder", path, mode: 0o755, owner: "guest" }));
  return [...folders, ...entries].toSorted((a, b) => (a.kind === b.kind ? (a.path < b.path ? -1 : 1) : a.kind === "folder" ? -1 : 1));
}

async function addEntry(tar: Pack, root: string, entry: GuestEntry): Promise<void> {
  const name = posix.relative(root, entry.path);
  if (name === "" || name.startsWith("..")) throw new Error(`${entry.path} does not lie in ${root}`);
  const header = { name, mode: entry.mode, ...OWNERS[entry.owner] };
  if (entry.kind === "folder") await put(tar, { ...header, type: "directory" });
  else await put(tar, header, Buffer.from(entry.content as string));
}

async function addWorkspace(tar: Pack, root: string, workspace: string): Promise<void> {
  const base = posix.relative(root, GUEST_WORKSPACE);
  await put(tar, { name: base, type: "directory", mode: 0o755, ...OWNERS.guest });
  for await (const item of walkWorkspace(workspace)) await addItem(tar, base, item);
}

async function addItem(tar: Pack, base: string, item: WorkspaceItem): Promise<void> {
  const header = { name: `${base}/${item.name}`, ...OWNERS.guest, mtime: item.mtime };
  // A folder its owner may not enter could not be filled, and the guest is its only owner.
  if (item.kind === "folder") return await put(tar, { ...header, type: "directory", mode: item.mode | 0o700 });
  if (item.kind === "link") return await put(tar, { ...header, type: "symlink", linkname: item.target, mode: 0o777 });
  try {
    if (item.size > CHUNK_BYTES) await putLargeFile(tar, { ...header, mode: item.mode }, item);
    else await put(tar, { ...header, mode: item.mode }, await readChunk(item.file, 0, item.size));
  } finally {
    await item.file.close();
  }
}

const CHUNK_BYTES = 1024 * 1024;

/** Resolves when the reader has taken it: a workspace may be larger than memory. */
async function put(tar: Pack, header: EntryHeader, content?: Buffer): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const done = (error?: Error | null) => (error ? reject(error) : resolve());
  // An empty buffer would end the entry before the library is ready for it.
  if (content === undefined || content.length === 0) tar.entry({ ...header, size: 0 }, done).end(undefined);
  else tar.entry(header, content, done);
  await promise;
}

/** The header promises a size while the file may still be written to: what is missing is filled with zeros, more is left out. */
async function putLargeFile(tar: Pack, header: EntryHeader, { file, size }: Extract<WorkspaceItem, { kind: "file" }>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const entry = tar.entry({ ...header, size }, (error) => (error ? reject(error) : resolve()));
  for (let offset = 0; offset < size && !tar.destroyed; offset += CHUNK_BYTES) {
    const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, size - offset));
    (await readChunk(file, offset, chunk.length)).copy(chunk);
    if (!entry.write(chunk)) await Promise.race([once(entry, "drain"), once(entry, "close")]);
  }
  entry.end(undefined);
  await promise;
}

async function readChunk(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const chunk = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(chunk, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return chunk.subarray(0, filled);
}
