import { chmod, mkdir, unlink } from "node:fs/promises";
import type { Server, Socket } from "node:net";
import { createConnection, createServer } from "node:net";
import { basename, dirname } from "node:path";
import { withFileLock } from "./file-lock.ts";

/** Connects, or null where nobody listens (any more). */
export function connectSocket(path: string): Promise<Socket | null> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.once("connect", () => resolve(socket));
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ECONNREFUSED") resolve(null);
      else reject(error);
    });
  });
}

/**
 * Listens on `path` unless another process does, then null. Whoever listens is the one instance: a dead one's socket file
 * is replaced, and the lock keeps two that start together from replacing each other's. Folder 0700, socket 0600.
 */
export async function listenExclusively(path: string, onConnection: (socket: Socket) => void): Promise<Server | null> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  return await withFileLock(folder, basename(path), async () => {
    const other = await connectSocket(path);
    if (other !== null) {
      other.destroy();
      return null;
    }
    await unlink(path).catch(ignoreMissing);
    const server = createServer(onConnection);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(path, resolve);
    });
    await chmod(path, 0o600);
    return server;
  });
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
