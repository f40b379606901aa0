import { posix } from "node:path";
import type { GuestEntry, WorkspaceItem, WorkspaceSource } from "../../backend.ts";
import { GUEST, GUEST_WORKSPACE } from "./container-options.ts";
import { TAR_END, tarHeader, tarPadding } from "./tar-header.ts";

const OWNERS = { root: { uid: 0, gid: 0 }, guest: { uid: GUEST.uid, gid: GUEST.gid } } as const;

/** Small pieces are sent together: an engine far away should not get a packet for every file. */
const CHUNK_BYTES = 256 * 1024;

/**
 * Everything that goes into a container before it starts, as one stream with owners and modes set, so that no root process
 * ever has to run in it (D3). `root` is where the engine unpacks it; entries lie below. Made as it is read: a workspace may
 * be larger than memory.
 */
export async function* packGuest(
  root: string,
  entries: readonly GuestEntry[],
  workspace: WorkspaceSource | null,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  yield* inChunks(packAll(root, entries, workspace, signal));
}

async function* packAll(
  root: string,
  entries: readonly GuestEntry[],
  workspace: WorkspaceSource | null,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  for (const entry of withHomeFolders(entries)) yield* packEntry(root, entry);
  if (workspace !== null) yield* packWorkspace(posix.relative(root, GUEST_WORKSPACE), workspace, signal);
  yield TAR_END;
}

async function* inChunks(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    held.push(piece);
    bytes += piece.length;
    if (bytes < CHUNK_BYTES) continue;
    yield held.length === 1 ? piece : Buffer.concat(held, bytes);
    held = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(held, bytes);
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

function* packEntry(root: string, entry: GuestEntry): Generator<Buffer> {
  const relative = posix.relative(root, entry.path);
  if (relative === "" || relative.startsWith("..")) throw new Error(`${entry.path} does not lie in ${root}`);
  const header = { name: Buffer.from(relative), mode: entry.mode, mtime: new Date(), ...OWNERS[entry.owner] };
  if (entry.kind === "folder") yield tarHeader({ ...header, type: "folder", size: 0 });
  else {
    const content = Buffer.from(entry.content as string);
    yield tarHeader({ ...header, type: "file", size: content.length });
    yield content;
    yield tarPadding(content.length);
  }
}

async function* packWorkspace(base: string, workspace: WorkspaceSource, signal: AbortSignal): AsyncGenerator<Buffer> {
  yield tarHeader({ type: "folder", name: Buffer.from(base), mode: 0o755, size: 0, mtime: new Date(), ...OWNERS.guest });
  const prefix = Buffer.from(`${base}/`);
  for await (const item of workspace.items(signal)) {
    yield itemHeader(Buffer.concat([prefix, item.path]), item);
    if (item.kind !== "file") continue;
    yield* item.content;
    yield tarPadding(item.size);
  }
}

function itemHeader(name: Buffer, item: WorkspaceItem): Buffer {
  const common = { name, mtime: item.mtime, ...OWNERS.guest };
  switch (item.kind) {
    // A folder its owner may not enter could not be filled, and the guest is its only owner.
    case "folder":
      return tarHeader({ ...common, type: "folder", mode: (item.mode & 0o777) | 0o700, size: 0 });
    case "link":
      return tarHeader({ ...common, type: "link", mode: 0o777, size: 0, target: item.target });
    // What runs as its owner on the host must not be anything special in the guest.
    case "file":
      return tarHeader({ ...common, type: "file", mode: item.mode & 0o777, size: item.size });
  }
}
