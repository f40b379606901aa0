import type { Server, Socket } from "node:net";
import { z } from "zod";
import { encodeFrame, FrameDecoder } from "#common/wire/frame-codec.ts";
import { connectSocket, listenExclusively } from "../platform/exclusive-socket.ts";

/** A later launch, told to the panel that runs already. */
const Launch = z.strictObject({ kind: z.literal("focus") });

export interface SingleInstance extends AsyncDisposable {
  /** Called whenever somebody launches the panel again. */
  onLaunch: () => void;
}

/** Null where a panel of this home runs: it has come to the front instead (UI-1). */
export async function becomeSingleInstance(socketPath: string): Promise<SingleInstance | null> {
  const instance = { onLaunch: () => undefined as void };
  const server = await listenExclusively(socketPath, (socket) => receiveLaunch(socket, () => instance.onLaunch()));
  if (server !== null) return Object.assign(instance, { [Symbol.asyncDispose]: () => close(server) });
  await announceLaunch(socketPath);
  return null;
}

async function announceLaunch(socketPath: string): Promise<void> {
  const socket = await connectSocket(socketPath);
  if (socket === null) return;
  await new Promise<void>((resolve) => {
    socket.once("close", () => resolve());
    socket.end(encodeFrame({ kind: "focus" }));
  });
}

function receiveLaunch(socket: Socket, onLaunch: () => void): void {
  const decoder = new FrameDecoder();
  socket.on("error", () => undefined);
  socket.on("data", (chunk) => {
    try {
      for (const message of decoder.push(chunk)) if (Launch.safeParse(message).success) onLaunch();
    } catch {
      socket.destroy();
    }
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
