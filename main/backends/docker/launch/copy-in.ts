import { Readable } from "node:stream";
import type Docker from "dockerode";
import type { GuestEntry, WorkspaceSource } from "../../backend.ts";
import { packGuest } from "./guest-archive.ts";

export interface CopyRequest {
  readonly container: Docker.Container;
  /** Folder in the container that the engine unpacks to. */
  readonly root: string;
  readonly entries: readonly GuestEntry[];
  readonly workspace: WorkspaceSource | null;
}

/** Streams everything into a container that has not started (D3). */
export async function copyIn({ container, root, entries, workspace }: CopyRequest, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const tar = Readable.from(packGuest(root, entries, workspace, signal), { objectMode: false });
  const failed = firstError(tar);
  const cancel = () => tar.destroy(signal.reason);
  signal.addEventListener("abort", cancel, { once: true });
  try {
    await Promise.race([container.putArchive(tar, { path: root }), failed]);
    signal.throwIfAborted();
  } finally {
    signal.removeEventListener("abort", cancel);
    tar.destroy();
  }
}

/** The engine would only say that the stream ended early; what ended it is the tar's own failure. */
function firstError(tar: Readable): Promise<never> {
  const failed = new Promise<never>((_resolve, reject) => tar.once("error", reject));
  failed.catch(() => {});
  return failed;
}
