import type { TLSSocket } from "node:tls";
import type { DataPlane } from "../data-plane.ts";
import type { RequestSubject } from "../decision-log.ts";
import type { BodyScanner } from "../http1/body-scanner.ts";
import { createBodyScanner } from "../http1/body-scanner.ts";
import { MalformedMessage } from "../http1/fields.ts";
import type { RequestHead } from "../http1/request-head.ts";
import { parseRequestHead } from "../http1/request-head.ts";
import type { Refusal } from "../policy/refusal.ts";
import { refusalAnswer, refuse } from "../policy/refusal.ts";
import { decideRequest, stillPermitted } from "./admission.ts";
import type { AgentConnection } from "./agent-connection.ts";
import type { ExchangeHost } from "./exchange.ts";
import { Exchange } from "./exchange.ts";
import { beginsHead, subjectOf } from "./unread-head.ts";

const END_OF_HEAD = Buffer.from("\r\n\r\n", "latin1");

/** One decrypted HTTP/1.1 connection of the agent: each request is parsed, decided and forwarded on its own (EGR-2). */
export class Http1Connection implements ExchangeHost, AgentConnection {
  readonly #plane: DataPlane;
  readonly #socket: TLSSocket;
  readonly #host: string;
  /** Set when the host has no route, or the client's SNI names another host than its CONNECT: nothing is forwarded then. */
  readonly #blocked: Refusal | null;
  /** Bytes that wait: an incomplete head, or what came before its turn. */
  #pending: Buffer | null = null;
  #consuming = false;
  #exchange: Exchange | null = null;
  #draining: { readonly scanner: BodyScanner; left: number } | null = null;
  #closing = false;
  #headStartedAt: number | null = null;
  served = false;
  idleSince: number;
  #deadline: number;

  constructor(parts: { plane: DataPlane; socket: TLSSocket; host: string; blocked: Refusal | null }) {
    this.#plane = parts.plane;
    this.#socket = parts.socket;
    this.#host = parts.host;
    this.#blocked = parts.blocked;
    this.idleSince = parts.plane.clock.monotonic();
    this.#deadline = this.#in(parts.plane.limits.tunnelIdleMs);
    this.#socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    this.#socket.on("drain", () => this.#drained());
    this.#socket.on("close", () => this.#left());
  }

  get busy(): boolean {
    return this.#exchange !== null;
  }

  sweep(now: number): void {
    if (now < this.#deadline) return;
    if (this.#exchange !== null) this.#exchange.expire();
    else if (this.#headStartedAt !== null && !this.#closing)
      this.#reject(refuse("limit", "the request head took too long", 408), this.#unknownSubject());
    else this.#socket.destroy();
  }

  recheck(): void {
    const exchange = this.#exchange;
    if (exchange === null) return;
    if (stillPermitted(this.#plane, this.#host, exchange.permit)) return;
    this.#closing = true;
    exchange.revoke();
  }

  endWhenIdle(): void {
    if (this.#exchange === null) this.#socket.end();
    else this.#closing = true;
  }

  sendToAgent(bytes: Buffer | string): boolean {
    this.#touch();
    return typeof bytes === "string" ? this.#socket.write(bytes, "latin1") : this.#socket.write(bytes);
  }

  pauseAgent(): void {
    this.#socket.pause();
  }

  resumeAgent(): void {
    this.#wake();
  }

  wakeAgent(): void {
    this.#wake();
    if (!this.#consuming) this.#exchange?.flush();
  }

  breakAgent(): void {
    this.#exchange = null;
    this.#socket.destroy();
  }

  exchangeDone(outcome: { keepAlive: boolean; unread: BodyScanner | null }): void {
    this.#exchange = null;
    if (!outcome.keepAlive || this.#closing) return this.#end();
    this.#next(outcome.unread);
  }

  exchangeRefused(refusal: Refusal, unread: BodyScanner | null): void {
    const request = this.#exchange?.permit.request;
    this.#exchange = null;
    const close = this.#closing || request?.keepAlive === false || (unread !== null && request?.expectsContinue === true);
    this.#answer(refusal, { close, headOnly: request?.method === "HEAD" });
    if (!close) this.#next(unread);
  }

  #receive(chunk: Buffer): void {
    if (this.#exchange !== null) this.#touch();
    this.#pending = this.#pending === null ? chunk : Buffer.concat([this.#pending, chunk]);
    this.#consume();
  }

  #wake(): void {
    if (this.#consuming) return;
    if (this.#pending !== null) this.#consume();
    const mayRead = this.#exchange === null && !this.#socket.writableNeedDrain;
    if (this.#pending === null || mayRead) this.#socket.resume();
  }

  /** Works through what is there, one message part at a time, until something must be waited for. */
  #consume(): void {
    if (this.#consuming) return;
    this.#consuming = true;
    try {
      let bytes = this.#pending;
      let at = 0;
      this.#pending = null;
      while (bytes !== null && at < bytes.length) {
        const next = this.#step(bytes, at);
        if (next === -1) {
          this.#pending = at === 0 ? bytes : bytes.subarray(at);
          bytes = null;
        } else at = next;
      }
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      this.#malformedBody(error);
    } finally {
      this.#consuming = false;
    }
    this.#exchange?.flush();
  }

  /** Consumes from `at` on and returns where it stopped, or -1 when the rest has to wait. */
  #step(bytes: Buffer, at: number): number {
    if (this.#closing && this.#exchange === null) return bytes.length;
    if (this.#exchange !== null) return this.#hold(this.#exchange.takeBody(bytes, at));
    if (this.#draining !== null) return this.#drain(this.#draining, bytes, at);
    // An agent that asks and does not read would otherwise fill our memory with answers.
    if (this.#socket.writableNeedDrain) return this.#hold(-1);
    return this.#readHead(bytes, at);
  }

  #hold(next: number): number {
    if (next === -1) this.#socket.pause();
    return next;
  }

  #readHead(bytes: Buffer, at: number): number {
    const { limits } = this.#plane;
    if (this.#headStartedAt === null) this.#beginHead();
    const end = bytes.indexOf(END_OF_HEAD, at);
    if ((end === -1 ? bytes.length : end) - at > limits.requestHeadBytes) {
      return this.#malformedHead(new MalformedMessage("the request head is too large", 431), bytes, at);
    }
    if (end === -1) return beginsHead(bytes, at) ? -1 : this.#malformedHead(new MalformedMessage("this is not HTTP/1.1"), bytes, at);
    try {
      this.#takeHead(parseRequestHead(bytes.toString("latin1", at, end), limits.headerFields));
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      return this.#malformedHead(error, bytes, at);
    }
    return end + END_OF_HEAD.length;
  }

  #beginHead(): void {
    this.#headStartedAt = this.#plane.clock.monotonic();
    this.#deadline = this.#in(this.#plane.limits.headMs);
  }

  #takeHead(request: RequestHead): void {
    const startedAt = this.#headStartedAt ?? this.#plane.clock.monotonic();
    this.#headStartedAt = null;
    const subject = { host: this.#host, port: 443, method: request.method, target: request.target };
    if (this.#blocked !== null) return this.#reject(this.#blocked, subject, startedAt);
    const decision = decideRequest(this.#plane, this.#host, request);
    if (decision.kind === "refusal") return this.#refuseRequest(decision.refusal, request, subject, startedAt);
    this.served = true;
    this.#exchange = new Exchange({ plane: this.#plane, host: this, permit: decision.permit, subject, startedAt });
    this.#touch();
    this.#exchange.start();
  }

  #refuseRequest(refusal: Refusal, request: RequestHead, subject: RequestSubject, startedAt: number): void {
    const { body, expectsContinue, keepAlive } = request;
    // Whoever sends what no client sends is not given a second try on the connection.
    const hostile = refusal.rule === "malformed-request" || refusal.rule === "host-mismatch";
    // After a refused expectation it is open whether the body comes, so nobody knows where the next request begins.
    const close = hostile || !keepAlive || (expectsContinue && body.kind !== "none");
    this.#plane.log.refused(subject, startedAt, refusal);
    this.#answer(refusal, { close, headOnly: request.method === "HEAD" });
    if (!close) this.#next(body.kind === "none" ? null : createBodyScanner(body, this.#plane.limits.trailerBytes, () => false));
  }

  #malformedHead(error: MalformedMessage, bytes: Buffer, at: number): number {
    this.#reject(refuse("malformed-request", error.message, error.status), subjectOf(this.#host, bytes, at));
    return bytes.length;
  }

  #malformedBody(error: MalformedMessage): void {
    const refusal = refuse("malformed-request", error.message, error.status);
    this.#closing = true;
    if (this.#exchange !== null) this.#exchange.abortMalformed(refusal);
    else this.#end();
  }

  /** Answers and closes: the connection's framing or purpose is not trusted any more. */
  #reject(refusal: Refusal, subject: RequestSubject, startedAt = this.#headStartedAt ?? this.#plane.clock.monotonic()): void {
    this.#plane.log.refused(subject, startedAt, refusal);
    this.#answer(refusal, { close: true, headOnly: subject.method === "HEAD" });
  }

  #answer(refusal: Refusal, options: { close: boolean; headOnly: boolean }): void {
    this.#socket.write(refusalAnswer(refusal, options));
    if (options.close) this.#end();
  }

  /** Ends our side; what still comes is read and dropped for a moment, so that the answer is not lost to a reset. */
  #end(): void {
    this.#closing = true;
    this.#pending = null;
    this.#draining = null;
    this.#socket.end();
    this.#socket.resume();
    this.#deadline = this.#in(this.#plane.limits.lingerMs);
  }

  #next(unread: BodyScanner | null): void {
    const { limits } = this.#plane;
    this.idleSince = this.#plane.clock.monotonic();
    this.#draining = unread === null ? null : { scanner: unread, left: limits.drainBytes };
    this.#deadline = this.#in(unread === null ? limits.tunnelIdleMs : limits.drainMs);
    this.#wake();
  }

  #drain(draining: { readonly scanner: BodyScanner; left: number }, bytes: Buffer, at: number): number {
    const end = draining.scanner.scan(bytes, at);
    draining.left -= end - at;
    if (draining.scanner.done) {
      this.#draining = null;
      this.#deadline = this.#in(this.#plane.limits.tunnelIdleMs);
    } else if (draining.left < 0) {
      this.#end();
      return bytes.length;
    }
    return end;
  }

  #left(): void {
    this.#exchange?.abort("the agent closed the connection early");
    // A client that verifies names goes before it asks anything; the operator shall see it all the same.
    if (this.#blocked === null || this.#closing) return;
    this.#plane.log.refused(this.#unknownSubject(), this.#plane.clock.monotonic(), this.#blocked, null);
  }

  #drained(): void {
    if (this.#exchange === null) this.#wake();
    else this.#exchange.onAgentDrain();
  }

  #touch(): void {
    const { limits } = this.#plane;
    this.#deadline = this.#in(this.#exchange?.relaying === true ? limits.relayIdleMs : limits.exchangeIdleMs);
  }

  #in(ms: number): number {
    return this.#plane.clock.monotonic() + ms;
  }

  #unknownSubject(): RequestSubject {
    return { host: this.#host, port: 443, method: "?", target: "" };
  }
}
