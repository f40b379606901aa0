import type { TLSSocket } from "node:tls";
import { tunnelTo } from "./connect.ts";
import type { Ledger } from "./ledger.ts";
import type { Random } from "./random.ts";

/** How one connection of a protocol is spoken; made anew for each. */
export interface Dialect {
  readonly protocol: "h2" | "http/1.1";
  /** What a connection begins with. */
  readonly opening: Buffer;
  /** A mutated request, to be written piece by piece. */
  nextCase(random: Random): readonly Buffer[];
  /** An ordinary request for a path. */
  probe(path: string): Buffer;
  readonly usedUp: boolean;
}

interface Connection {
  readonly socket: TLSSocket;
  readonly dialect: Dialect;
  readonly closed: Promise<void>;
}

// Long enough for an answer on a busy machine, mostly; a connection that is thought to be stuck and is not costs a handshake.
const STUCK_MS = 40;
const SERVED_MS = 5000;

/** Mutated requests to one host, on one connection after the other; each is used for as long as it stays in step. */
export class Lane implements AsyncDisposable {
  readonly #random: Random;
  readonly #host: string;
  readonly #port: number;
  readonly #ledger: Ledger;
  readonly #speak: () => Dialect;
  #connection: Connection | null = null;
  #probes = 0;

  constructor(parts: { random: Random; host: string; port: number; ledger: Ledger; speak: () => Dialect }) {
    this.#random = parts.random;
    this.#host = parts.host;
    this.#port = parts.port;
    this.#ledger = parts.ledger;
    this.#speak = parts.speak;
  }

  /** Sends one mutated request and waits until it is settled; returns how it is shown. */
  async sendNext(): Promise<string> {
    const { socket, dialect } = await this.#connected();
    const pieces = dialect.nextCase(this.#random);
    for (const piece of pieces) {
      if (socket.writable) socket.write(piece);
      if (pieces.length > 1) await new Promise(setImmediate);
    }
    // Where this is read as a request of its own, so was everything before it. Else it went into a body that is still open.
    if (!(await this.#probe(STUCK_MS)) || dialect.usedUp) await this[Symbol.asyncDispose]();
    const bytes = Buffer.concat(pieces);
    return dialect.protocol === "h2" ? bytes.toString("base64") : JSON.stringify(bytes.toString("latin1"));
  }

  /** Whether an ordinary request is answered as it should be. */
  async stillServed(): Promise<boolean> {
    await this[Symbol.asyncDispose]();
    await this.#connected();
    return this.#probe(SERVED_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const connection = this.#connection;
    this.#connection = null;
    connection?.socket.destroy();
    await connection?.closed;
  }

  async #probe(ms: number): Promise<boolean> {
    const { socket, dialect, closed } = await this.#connected();
    this.#probes += 1;
    const path = `/api/probe-${this.#probes}`;
    if (socket.writable) socket.write(dialect.probe(path));
    const decided = this.#ledger.waitFor(this.#host, (decision) => decision.path === path && decision.verdict === "allowed", ms);
    return Promise.race([decided, closed.then(() => false)]);
  }

  async #connected(): Promise<Connection> {
    if (this.#connection?.socket.writable === true) return this.#connection;
    await this[Symbol.asyncDispose]();
    const dialect = this.#speak();
    const socket = await tunnelTo(this.#host, this.#port, dialect.protocol);
    this.#connection = { socket, dialect, closed: new Promise<void>((resolve) => socket.once("close", resolve)) };
    socket.resume();
    socket.write(dialect.opening);
    return this.#connection;
  }
}
