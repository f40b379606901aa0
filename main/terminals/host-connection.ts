import type { Socket } from "node:net";
import { OperatorError } from "#common/domain/operator-error.ts";
import { encodeFrame, FrameDecoder } from "#common/wire/frame-codec.ts";
import { connectSocket } from "../platform/exclusive-socket.ts";
import type { ClientFrame } from "./host-protocol.ts";
import { HOST_PROTOCOL, HostFrame } from "./host-protocol.ts";

export interface HostConnection {
  send(frame: ClientFrame): void;
  close(): void;
}

export interface HostConnectionOptions {
  readonly socketPath: string;
  readonly build: string;
  /** Brings a host up; resolves when one listens. */
  readonly startHost: () => Promise<void>;
  readonly onFrame: (frame: HostFrame) => void;
  /** Called once, when the host is gone. */
  readonly onClose: () => void;
}

/** A host of an older build exits when asked; twice is one more than two builds that fight should get. */
const MAX_REPLACEMENTS = 2;

/** Connects to the host of this build, starting it where none runs and replacing one of another build. */
export async function connectToHost(options: HostConnectionOptions): Promise<HostConnection> {
  for (let attempt = 0; attempt <= MAX_REPLACEMENTS; attempt++) {
    const socket = (await connectSocket(options.socketPath)) ?? (await startAndConnect(options));
    const connection = new Connection(socket, options);
    if (await connection.isSameBuild) return connection;
    await connection.retire();
  }
  throw new OperatorError("protocol", {
    message: "The terminal host belongs to another version of bot-bottle.",
    hint: "Close the other version's panel and try again.",
  });
}

async function startAndConnect(options: HostConnectionOptions): Promise<Socket> {
  await options.startHost();
  const socket = await connectSocket(options.socketPath);
  if (socket !== null) return socket;
  throw new OperatorError("protocol", {
    message: "The terminal host did not start.",
    hint: "The terminal host's log in the logs folder says why.",
  });
}

class Connection implements HostConnection {
  readonly isSameBuild: Promise<boolean>;
  readonly #socket: Socket;
  readonly #closed: Promise<void>;
  readonly #decoder = new FrameDecoder();
  readonly #options: HostConnectionOptions;
  #accepted = false;
  #onHello: (same: boolean) => void = () => undefined;

  constructor(socket: Socket, options: HostConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.isSameBuild = new Promise((resolve) => {
      this.#onHello = resolve;
    });
    this.#closed = new Promise((resolve) => socket.once("close", () => resolve()));
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("error", () => undefined);
    socket.once("close", () => {
      this.#onHello(false);
      if (this.#accepted) options.onClose();
    });
    this.send({ kind: "hello", protocol: HOST_PROTOCOL, build: options.build });
  }

  send(frame: ClientFrame): void {
    if (!this.#socket.destroyed) this.#socket.write(encodeFrame(frame));
  }

  close(): void {
    this.#accepted = false;
    this.#socket.destroy();
  }

  async retire(): Promise<void> {
    this.send({ kind: "retire" });
    await this.#closed;
  }

  #receive(chunk: Buffer): void {
    try {
      for (const message of this.#decoder.push(chunk)) this.#accept(HostFrame.parse(message));
    } catch {
      // Not a host of ours, or one of a version that speaks otherwise.
      this.#socket.destroy();
    }
  }

  #accept(frame: HostFrame): void {
    if (frame.kind !== "hello") return this.#options.onFrame(frame);
    this.#accepted = frame.protocol === HOST_PROTOCOL && frame.build === this.#options.build;
    this.#onHello(this.#accepted);
  }
}
