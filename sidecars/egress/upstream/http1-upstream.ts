import type { TLSSocket } from "node:tls";
import { MalformedMessage } from "../http1/fields.ts";
import { ResponseReader } from "../http1/response-reader.ts";
import type { EgressLimits } from "../limits.ts";
import type { UpstreamSocket } from "./connector.ts";
import type { UpstreamConnection, UpstreamUser } from "./upstream-connection.ts";

/** One keep-alive connection of HTTP/1.1 to a route's host, used by one exchange at a time. */
export class Http1Upstream implements UpstreamConnection {
  readonly host: string;
  readonly #socket: TLSSocket;
  readonly #reader: ResponseReader;
  #user: UpstreamUser | null = null;
  #closed = false;
  /** Which state of the host's route it was opened for; the pool's business. */
  readonly generation: number;
  served = 0;
  idleSince = 0;
  keepAliveMs: number | null = null;
  onClosed: (() => void) | null = null;

  constructor(parts: { host: string; upstream: UpstreamSocket; generation: number; limits: EgressLimits }) {
    const { upstream } = parts;
    const socket = upstream.tls;
    this.host = parts.host;
    this.generation = parts.generation;
    this.#socket = socket;
    this.#reader = new ResponseReader(parts.limits);
    upstream.onBytes = (bytes) => this.#receive(bytes);
    socket.on("drain", () => this.#user?.onUpstreamDrain());
    socket.on("end", () => this.#ended());
    // An error is always followed by close, where it is dealt with.
    socket.on("error", () => undefined);
    socket.on("close", () => this.#lose(null));
  }

  get usable(): boolean {
    return !this.#closed && this.#socket.writable;
  }

  get responseStarted(): boolean {
    return this.#reader.started;
  }

  begin(method: string, user: UpstreamUser): void {
    this.#user = user;
    this.served += 1;
    this.#reader.begin(method, user);
  }

  /** Bytes that still come then close the connection. */
  end(): void {
    this.#user = null;
  }

  write(bytes: Buffer | string): boolean {
    return typeof bytes === "string" ? this.#socket.write(bytes, "latin1") : this.#socket.write(bytes);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  destroy(): void {
    this.#user = null;
    this.#socket.destroy();
  }

  #receive(bytes: Buffer): void {
    if (this.#user === null) {
      // An answer to no request: whoever used this connection next would get it as theirs.
      this.#socket.destroy();
      return;
    }
    try {
      this.#reader.feed(bytes);
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      this.#lose(error.message);
    }
  }

  #ended(): void {
    // An orderly end is how a body without a length ends; a reset never is.
    if (this.#user !== null && this.#reader.finish()) this.#user = null;
    this.#lose(null);
  }

  #lose(malformed: string | null): void {
    const user = this.#user;
    this.#user = null;
    user?.onUpstreamLost(malformed);
    this.#socket.destroy();
    if (this.#closed) return;
    this.#closed = true;
    this.onClosed?.();
  }
}
