import type { Socket as UdpSocket } from "node:dgram";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { Server, Socket } from "node:net";
import { createServer } from "node:net";
import { SIDECAR_NAMES } from "#common/wire/ports.ts";
import { log } from "../../kit/log.ts";
import { encodeAnswer, encodeFormatError, parseQuery, RCODE, TYPE_A, TYPE_ANY } from "./dns-message.ts";

const MAX_CONNECTIONS = 32;
const IDLE_MS = 5000;
/** A query holds one name; anything longer over TCP is not one. */
const MAX_QUERY_BYTES = 1024;

/**
 * The agent's resolver: it knows the sidecars and answers everything else at once, and asks nobody (BKD-3). A lookup that
 * only timed out would stall every program that tries; one that was forwarded would be a way out.
 */
export class DnsResponder implements AsyncDisposable {
  readonly port: number;
  readonly #udp: UdpSocket;
  readonly #tcp: Server;
  readonly #connections = new Set<Socket>();

  private constructor(udp: UdpSocket, tcp: Server) {
    this.#udp = udp;
    this.#tcp = tcp;
    this.port = udp.address().port;
    tcp.on("connection", (socket: Socket) => this.#track(socket));
  }

  /** Listens on `host`, which is also the address of every sidecar. */
  static async listen(host: string, port: number): Promise<DnsResponder> {
    const udp = createSocket("udp4");
    udp.on("message", (packet, { address, port: from }) => {
      const answer = answerPacket(packet, host);
      if (answer !== null) udp.send(answer, from, address, (error) => (error === null ? undefined : logFailure(error)));
    });
    udp.on("error", logFailure);
    udp.bind(port, host);
    await once(udp, "listening");
    const tcp = createServer((socket) => serveConnection(socket, host));
    tcp.maxConnections = MAX_CONNECTIONS;
    tcp.on("error", logFailure);
    tcp.listen(udp.address().port, host);
    await once(tcp, "listening");
    return new DnsResponder(udp, tcp);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = Promise.all([once(this.#udp, "close"), once(this.#tcp, "close")]);
    this.#udp.close();
    this.#tcp.close();
    for (const socket of this.#connections) socket.destroy();
    await closed;
  }

  #track(socket: Socket): void {
    this.#connections.add(socket);
    socket.on("close", () => this.#connections.delete(socket));
  }
}

/** The answer to one packet; null when there is none to give. */
export function answerPacket(packet: Buffer, sidecarAddress: string): Buffer | null {
  const query = parseQuery(packet);
  if (query === null) return null;
  if (query === "malformed") return encodeFormatError(packet);
  if (query.opcode !== 0) return encodeAnswer(query, RCODE.notImplemented, null);
  if (!query.internet || !isSidecar(query.name)) return encodeAnswer(query, RCODE.noSuchName, null);
  const hasAddress = query.type === TYPE_A || query.type === TYPE_ANY;
  return encodeAnswer(query, RCODE.ok, hasAddress ? sidecarAddress : null);
}

function isSidecar(name: string): boolean {
  return (SIDECAR_NAMES as readonly string[]).includes(name);
}

function serveConnection(socket: Socket, host: string): void {
  let pending = Buffer.alloc(0);
  socket.setTimeout(IDLE_MS, () => socket.destroy());
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 2) {
      const length = pending.readUInt16BE(0);
      if (length > MAX_QUERY_BYTES) return socket.destroy();
      if (pending.length < 2 + length) return;
      reply(socket, answerPacket(pending.subarray(2, 2 + length), host));
      pending = pending.subarray(2 + length);
    }
  });
}

function reply(socket: Socket, answer: Buffer | null): void {
  // Whoever asks without reading the answers does not get to fill our memory with them.
  if (answer === null || socket.writableLength > MAX_QUERY_BYTES * 64) return void socket.destroy();
  const prefix = Buffer.alloc(2);
  prefix.writeUInt16BE(answer.length, 0);
  socket.write(Buffer.concat([prefix, answer]));
}

function logFailure(error: Error): void {
  log("warn", "dns-failed", { reason: error.message });
}
