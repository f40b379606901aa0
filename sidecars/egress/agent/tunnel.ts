import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { DataPlane } from "../data-plane.ts";
import type { RequestSubject } from "../decision-log.ts";
import { holdsBareLineFeed } from "../http1/line-feeds.ts";
import { noRoute } from "../policy/authorise.ts";
import type { Refusal } from "../policy/refusal.ts";
import { refusalAnswer, refuse } from "../policy/refusal.ts";
import type { AgentConnection } from "./agent-connection.ts";
import { decideConnect } from "./connect-request.ts";
import { Http1Connection } from "./http1-connection.ts";
import { Http2Connection } from "./http2/http2-connection.ts";

const END_OF_HEAD = Buffer.from("\r\n\r\n", "latin1");
const ESTABLISHED = "HTTP/1.1 200 Connection established\r\n\r\n";
const TLS_HANDSHAKE = 0x16;
/** What is told of a head that could not be read. */
const UNREADABLE: RequestSubject = { host: "", port: 443, method: "?", target: "" };

/** One connection of the agent, from CONNECT through TLS to the requests inside. */
export class Tunnel {
  readonly #plane: DataPlane;
  readonly #raw: Socket;
  #pending: Buffer | null = null;
  /** Canonical host of the CONNECT target, once there is one. */
  #host: string | null = null;
  #tls: TLSSocket | null = null;
  #connection: AgentConnection | null = null;
  /** Why nothing is forwarded on this connection; its requests are answered with this. */
  #blocked: Refusal | null = null;
  #tlsOver = false;
  #deadline: number;
  readonly #startedAt: number;
  readonly #onHead = (chunk: Buffer) => this.#readHead(chunk);

  constructor(plane: DataPlane, socket: Socket) {
    this.#plane = plane;
    this.#raw = socket;
    this.#startedAt = plane.clock.monotonic();
    this.#deadline = this.#in(plane.limits.headMs);
    socket.setNoDelay(true);
    // Errors are followed by close, where whoever still needs to know is told.
    socket.on("error", () => undefined);
    socket.on("data", this.#onHead);
  }

  get host(): string | null {
    return this.#host;
  }

  get busy(): boolean {
    return this.#connection?.busy === true;
  }

  get served(): boolean {
    return this.#connection?.served === true;
  }

  /** Monotonic; a connection that has not come to its first request is idle as well. */
  get idleSince(): number {
    return this.#connection?.idleSince ?? this.#startedAt;
  }

  sweep(now: number): void {
    if (this.#connection !== null) this.#connection.sweep(now);
    else if (now >= this.#deadline) this.#raw.destroy();
  }

  /** The route of this tunnel's host changed. */
  routeChanged(gone: boolean): void {
    // Before TLS is there nothing was asked: the first request will be told why it is refused, which a closed connection never is.
    if (this.#connection === null) return;
    this.#connection.recheck();
    if ((gone || this.#blocked !== null) && !this.busy) this.#close();
  }

  /** Ends now when nothing is under way, else after the current exchange. */
  endWhenIdle(): void {
    if (this.#connection !== null) this.#connection.endWhenIdle();
    else this.#raw.destroy();
  }

  destroy(): void {
    this.#tlsOver = true;
    this.#raw.destroy();
    this.#tls?.destroy();
  }

  /** Too many connections: says so and goes. */
  turnAway(): void {
    const refusal = refuse("limit", "too many connections at once");
    this.#refuse(refusal, UNREADABLE);
  }

  #close(): void {
    this.#tlsOver = true;
    if (this.#tls === null) this.#raw.destroy();
    else this.#tls.destroy();
  }

  #readHead(chunk: Buffer): void {
    const bytes = this.#pending === null ? chunk : Buffer.concat([this.#pending, chunk]);
    const { limits, routes } = this.#plane;
    const end = bytes.indexOf(END_OF_HEAD);
    if ((end === -1 ? bytes.length : end) > limits.connectHeadBytes) {
      return this.#refuse(refuse("malformed-request", "the request head is too large", 431), UNREADABLE);
    }
    if (end === -1) {
      this.#pending = bytes;
      if (holdsBareLineFeed(bytes, 0)) this.#refuse(refuse("malformed-request", "a line ends without CR LF"), UNREADABLE);
      return;
    }
    const outcome = decideConnect(bytes.toString("latin1", 0, end), routes, limits.headerFields);
    if (outcome.kind === "refused") return this.#refuse(outcome.refusal, outcome.subject);
    if (outcome.live === null) this.#blocked = noRoute(routes, outcome.host);
    const dial = outcome.live?.dialRoute(this.#plane.clock.wall()) ?? null;
    if (dial !== null) this.#plane.pool.warm(dial);
    this.#accept(outcome.host, bytes.subarray(end + END_OF_HEAD.length));
  }

  #refuse(refusal: Refusal, subject: RequestSubject): void {
    this.#plane.log.refused(subject, this.#startedAt, refusal);
    this.#answerPlainly(refusal, subject.method === "HEAD");
  }

  #answerPlainly(refusal: Refusal, headOnly: boolean): void {
    this.#raw.removeListener("data", this.#onHead);
    // What still comes is dropped for a moment: a reset would take the answer with it.
    this.#raw.resume();
    this.#raw.end(refusalAnswer(refusal, { close: true, headOnly }));
    this.#deadline = this.#in(this.#plane.limits.lingerMs);
  }

  #accept(host: string, early: Buffer): void {
    this.#host = host;
    this.#pending = null;
    this.#deadline = this.#in(this.#plane.limits.handshakeMs);
    this.#raw.removeListener("data", this.#onHead);
    this.#raw.write(ESTABLISHED, "latin1");
    // Whoever only probes for a host leaves a trace as well.
    if (this.#blocked !== null) this.#raw.once("close", () => this.#tlsFailed(host, "it closed the connection"));
    if (early.length > 0) this.#beginTls(host, early);
    else this.#raw.once("data", (first: Buffer) => this.#beginTls(host, first));
  }

  #beginTls(host: string, first: Buffer): void {
    if (first[0] !== TLS_HANDSHAKE) {
      this.#tlsOver = true;
      const refusal = refuse("tls-required", "only TLS is accepted inside a tunnel");
      return this.#refuse(refusal, { host, port: 443, method: "CONNECT", target: "" });
    }
    this.#raw.pause();
    this.#raw.unshift(first);
    const tls = new TLSSocket(this.#raw, {
      isServer: true,
      secureContext: this.#plane.leaves.contextFor(host),
      ALPNProtocols: ["h2", "http/1.1"],
      SNICallback: (name, callback) => {
        this.#checkSni(host, name);
        callback(null);
      },
    });
    this.#tls = tls;
    tls.once("secure", () => this.#secured(host, tls));
    tls.on("error", (error: Error) => this.#tlsFailed(host, "code" in error ? String(error.code) : "unknown error"));
    tls.once("close", () => {
      this.#tlsFailed(host, "it closed the connection");
      this.#raw.destroy();
    });
  }

  // The handshake goes on, so that the client gets an answer it can read; nothing is forwarded on this connection.
  #checkSni(host: string, name: string): void {
    if (name.toLowerCase() === host) return;
    this.#blocked ??= refuse("sni-mismatch", `the TLS server name differs from the tunnel's host ${host}`);
  }

  #secured(host: string, socket: TLSSocket): void {
    const parts = { plane: this.#plane, socket, host, blocked: this.#blocked };
    this.#connection = socket.alpnProtocol === "h2" ? new Http2Connection(parts) : new Http1Connection(parts);
  }

  #tlsFailed(host: string, how: string): void {
    if (this.#connection !== null || this.#tlsOver) return;
    this.#tlsOver = true;
    const subject = { host, port: 443, method: "CONNECT", target: "" };
    // A client that refuses our certificate because it asked for another host ends up here as well.
    const refusal = this.#blocked ?? refuse("tls-required", `the client did not complete TLS (${how}); it may not trust the bottle's CA`);
    this.#plane.log.refused(subject, this.#startedAt, refusal, null);
    this.#close();
  }

  #in(ms: number): number {
    return this.#plane.clock.monotonic() + ms;
  }
}
