import type { ServerHttp2Session, ServerHttp2Stream, ServerOptions } from "node:http2";
import { constants, performServerHandshake } from "node:http2";
import type { TLSSocket } from "node:tls";
import type { DataPlane } from "../../data-plane.ts";
import type { RequestSubject } from "../../decision-log.ts";
import { MalformedMessage } from "../../http1/fields.ts";
import type { RequestHead } from "../../http1/request-head.ts";
import type { EgressLimits } from "../../limits.ts";
import type { Refusal } from "../../policy/refusal.ts";
import { refusalAnswer, refuse } from "../../policy/refusal.ts";
import { decideRequest, stillPermitted } from "../admission.ts";
import type { AgentConnection } from "../agent-connection.ts";
import { parseRequestFields, subjectOf } from "./request-fields.ts";
import { StreamAnswer } from "./stream-answer.ts";
import { StreamExchange } from "./stream-exchange.ts";

/** One decrypted HTTP/2 connection of the agent: each stream is decided and forwarded on its own, as a request of HTTP/1.1 is (EGR-2). */
export class Http2Connection implements AgentConnection {
  readonly #plane: DataPlane;
  readonly #socket: TLSSocket;
  readonly #host: string;
  /** As for HTTP/1.1: nothing is forwarded then. */
  readonly #blocked: Refusal | null;
  readonly #session: ServerHttp2Session;
  readonly #exchanges = new Set<StreamExchange>();
  #lastStreamId = -1;
  #answered = false;
  #closing = false;
  #deadline: number;
  served = false;
  idleSince: number;

  constructor(parts: { plane: DataPlane; socket: TLSSocket; host: string; blocked: Refusal | null }) {
    this.#plane = parts.plane;
    this.#socket = parts.socket;
    this.#host = parts.host;
    this.#blocked = parts.blocked;
    this.idleSince = parts.plane.clock.monotonic();
    this.#deadline = this.#in(parts.plane.limits.tunnelIdleMs);
    parts.socket.prependOnceListener("close", () => this.#left());
    // A socket that was wrapped by hand keeps this mark after its handshake, and a session would wait for it for ever.
    Object.assign(parts.socket, { secureConnecting: false });
    this.#session = performServerHandshake(parts.socket, sessionOptions(parts.plane.limits));
    this.#session.on("stream", (stream, _headers, _flags, list) => this.#open(stream, list));
    this.#session.on("error", (error: Error) => this.#broken(error));
  }

  get busy(): boolean {
    return this.#exchanges.size > 0;
  }

  sweep(now: number): void {
    this.#noticeResets();
    for (const exchange of this.#exchanges) exchange.sweep(now);
    if (this.busy || now < this.#deadline) return;
    if (this.#closing) this.#socket.destroy();
    else this.endWhenIdle();
  }

  recheck(): void {
    for (const exchange of this.#exchanges) {
      if (stillPermitted(this.#plane, this.#host, exchange.permit)) continue;
      exchange.revoke();
      this.endWhenIdle();
    }
  }

  endWhenIdle(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#deadline = this.#in(this.#plane.limits.lingerMs);
    this.#session.close();
  }

  #open(stream: ServerHttp2Stream, list: readonly string[]): void {
    this.#noticeResets(stream.id);
    // What goes wrong with a stream shows in its close.
    stream.on("error", () => undefined);
    const startedAt = this.#plane.clock.monotonic();
    // They may come before the request has its turn.
    const trailers: unknown[][] = [];
    const keep = (...told: unknown[]) => trailers.push(told);
    stream.on("trailers", keep);
    const taken = this.#plane.turns.take(() => {
      stream.removeListener("trailers", keep);
      if (stream.destroyed || stream.closed) return;
      this.#read(stream, list, startedAt);
      for (const told of trailers) stream.emit("trailers", ...told);
    });
    if (!taken) this.#refuse(stream, refuse("limit", "too many requests at once"), subjectOf(this.#host, list), startedAt);
  }

  #read(stream: ServerHttp2Stream, list: readonly string[], startedAt: number): void {
    try {
      this.#takeRequest(stream, parseRequestFields(list, stream.endAfterHeaders, this.#plane.limits), startedAt);
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      this.#refuse(stream, refuse("malformed-request", error.message, error.status), subjectOf(this.#host, list), startedAt);
      // Whoever sends what no client sends is not given a second try on the connection.
      this.endWhenIdle();
    }
  }

  #takeRequest(stream: ServerHttp2Stream, request: RequestHead, startedAt: number): void {
    const subject = { host: this.#host, port: 443, method: request.method, target: request.target, protocol: "h2" } as const;
    if (this.#blocked !== null) {
      this.#refuse(stream, this.#blocked, subject, startedAt);
      return this.endWhenIdle();
    }
    // Asked first: a decision may use up a counted grant.
    const { streams } = this.#plane;
    if (!streams.enter()) return this.#refuse(stream, refuse("limit", "too many requests at once"), subject, startedAt);
    const decision = decideRequest(this.#plane, this.#host, request);
    if (decision.kind === "permit") {
      return this.#begin(new StreamExchange({ plane: this.#plane, stream, permit: decision.permit, subject, startedAt }), stream);
    }
    streams.leave();
    this.#refuse(stream, decision.refusal, subject, startedAt);
    if (decision.refusal.rule === "malformed-request" || decision.refusal.rule === "host-mismatch") this.endWhenIdle();
  }

  #begin(exchange: StreamExchange, stream: ServerHttp2Stream): void {
    this.served = true;
    this.#exchanges.add(exchange);
    stream.once("close", () => {
      this.#plane.streams.leave();
      this.#exchanges.delete(exchange);
      this.idleSince = this.#plane.clock.monotonic();
      this.#deadline = this.#in(this.#closing ? this.#plane.limits.lingerMs : this.#plane.limits.tunnelIdleMs);
    });
    exchange.start();
  }

  #refuse(stream: ServerHttp2Stream, refusal: Refusal, subject: RequestSubject, startedAt: number): void {
    this.#answered = true;
    this.#plane.log.refused(subject, startedAt, refusal);
    // A body that nobody wants is stopped once the answer is out.
    stream.once("finish", () => stream.close(constants.NGHTTP2_NO_ERROR));
    const headOnly = subject.method === "HEAD";
    new StreamAnswer(stream, subject.method, this.#plane.limits).write(refusalAnswer(refusal, { close: false, headOnly }));
  }

  /**
   * Requests against RFC 9113 (names in capitals, pseudo-headers twice, fields of connections) are reset by the HTTP/2 library, which
   * tells nobody; but their streams have numbers, and a number that was left out is what the operator is told of.
   */
  #noticeResets(arrived: number | undefined = undefined): void {
    const last = arrived === undefined ? (this.#session.state.lastProcStreamID ?? 0) : arrived - 2;
    if (last > this.#lastStreamId && last > 0) {
      const refusal = refuse("malformed-request", "a request that is not HTTP/2 was reset");
      this.#plane.log.refused(this.#unknownSubject(), this.#plane.clock.monotonic(), refusal, null);
    }
    this.#lastStreamId = Math.max(this.#lastStreamId, arrived ?? last);
  }

  #broken(error: Error): void {
    const code = "code" in error ? String(error.code) : "";
    // Without a code of the protocol, the connection was lost and not broken.
    if (code !== "ERR_HTTP2_ERROR" && code !== "ERR_HTTP2_TOO_MANY_INVALID_FRAMES") return;
    const refusal = refuse("malformed-request", "the connection broke the rules of HTTP/2");
    this.#plane.log.refused(this.#unknownSubject(), this.#plane.clock.monotonic(), refusal, null);
  }

  #left(): void {
    if (!this.#session.destroyed) this.#noticeResets();
    // A client that verifies names goes before it asks anything; the operator shall see it all the same.
    if (this.#blocked === null || this.#answered) return;
    this.#plane.log.refused(this.#unknownSubject(), this.#plane.clock.monotonic(), this.#blocked, null);
  }

  #unknownSubject(): RequestSubject {
    return { host: this.#host, port: 443, method: "?", target: "", protocol: "h2" };
  }

  #in(ms: number): number {
    return this.#plane.clock.monotonic() + ms;
  }
}

/** Settings that Node's type declarations do not know yet. */
type SessionLimits = ServerOptions & {
  maxSessionInvalidFrames: number;
  maxSessionRejectedStreams: number;
  strictSingleValueFields: boolean;
};

/** What the library itself keeps in bounds, so that nothing an agent sends grows without end. */
function sessionOptions(limits: EgressLimits): SessionLimits {
  return {
    settings: {
      maxConcurrentStreams: limits.streamsPerConnection,
      // Twice what is allowed: what is a little too much is refused in words.
      maxHeaderListSize: limits.requestHeadBytes * 2,
      enablePush: false,
    },
    maxHeaderListPairs: limits.headerFields * 2,
    maxSendHeaderBlockLength: limits.responseHeadBytes * 2,
    maxSessionMemory: 4,
    maxSessionInvalidFrames: 100,
    maxSessionRejectedStreams: limits.streamsPerConnection,
    maxOutstandingPings: 10,
    // CVE-2023-44487: streams that are opened and reset at once cost us a request each and their sender nothing.
    streamResetBurst: limits.streamResets,
    streamResetRate: limits.streamResetsPerSecond,
    // Upstreams repeat fields that the library holds for single ones; they pass as they came.
    strictSingleValueFields: false,
  };
}
