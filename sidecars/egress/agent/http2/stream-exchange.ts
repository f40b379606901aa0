import type { ServerHttp2Stream } from "node:http2";
import { constants } from "node:http2";
import type { DataPlane } from "../../data-plane.ts";
import type { RequestSubject } from "../../decision-log.ts";
import { MalformedMessage } from "../../http1/fields.ts";
import { framedData, framedEnd } from "../../http1/framing.ts";
import type { Permit } from "../../policy/authorise.ts";
import type { Refusal } from "../../policy/refusal.ts";
import { refusalAnswer, refuse } from "../../policy/refusal.ts";
import type { ExchangeHost } from "../exchange.ts";
import { Exchange } from "../exchange.ts";

import { StreamAnswer } from "./stream-answer.ts";

export interface StreamRequest {
  readonly plane: DataPlane;
  readonly stream: ServerHttp2Stream;
  readonly permit: Permit;
  readonly subject: RequestSubject;
  readonly startedAt: number;
}

/** One permitted request of an HTTP/2 connection: its stream's frames on one side, an exchange on the other (EGR-5). */
export class StreamExchange implements ExchangeHost {
  readonly #plane: DataPlane;
  readonly #stream: ServerHttp2Stream;
  readonly #permit: Permit;
  readonly #answer: StreamAnswer;
  #exchange: Exchange | null;
  /** Body bytes, framed, that the exchange could not take yet. */
  #pending: Buffer[] = [];
  /** The upstream reads slower than the agent sends. */
  #held = false;
  #trailers: readonly string[] = [];
  #bodyEnded = false;
  #deadline = 0;

  constructor(parts: StreamRequest) {
    this.#plane = parts.plane;
    this.#stream = parts.stream;
    this.#permit = parts.permit;
    this.#answer = new StreamAnswer(parts.stream, parts.permit.request.method, parts.plane.limits);
    this.#exchange = new Exchange({ ...parts, host: this });
    this.#touch();
    this.#listen(parts.stream);
  }

  start(): void {
    this.#exchange?.start();
  }

  get permit(): Permit {
    return this.#permit;
  }

  sweep(now: number): void {
    if (now >= this.#deadline) this.#exchange?.expire();
  }

  revoke(): void {
    this.#exchange?.revoke();
  }

  sendToAgent(bytes: Buffer | string): boolean {
    this.#touch();
    return this.#answer.write(bytes);
  }

  pauseAgent(): void {
    this.#held = true;
  }

  resumeAgent(): void {
    this.#held = false;
    this.#pass();
  }

  wakeAgent(): void {
    this.resumeAgent();
    this.#exchange?.flush();
  }

  breakAgent(): void {
    this.#exchange = null;
    this.#reset(constants.NGHTTP2_INTERNAL_ERROR);
  }

  exchangeDone(): void {
    this.#exchange = null;
    this.#answer.end();
    this.#stopRequest();
  }

  exchangeRefused(refusal: Refusal): void {
    this.#exchange = null;
    this.#answer.write(refusalAnswer(refusal, { close: false, headOnly: this.#permit.request.method === "HEAD" }));
    this.#stopRequest();
  }

  #listen(stream: ServerHttp2Stream): void {
    const { body } = this.#permit.request;
    stream.on("data", (data: Buffer) => this.#take(framedData(body, data)));
    stream.on("trailers", (_trailers: unknown, _flags: number, list: readonly string[]) => {
      this.#trailers = list;
    });
    stream.on("end", () => this.#endBody());
    stream.on("drain", () => this.#exchange?.onAgentDrain());
    stream.once("close", () => this.#exchange?.abort("the agent reset the stream or closed the connection early"));
  }

  #endBody(): void {
    if (this.#exchange === null || this.#bodyEnded) return;
    this.#bodyEnded = true;
    const end = framedEnd(this.#permit.request.body, this.#trailers);
    if (end === null) this.#malformed(new MalformedMessage("a trailer field is malformed"));
    else this.#take(end);
  }

  #take(bytes: Buffer): void {
    if (this.#exchange === null || bytes.length === 0) return;
    this.#touch();
    this.#pending.push(bytes);
    this.#pass();
  }

  /** Hands on what is here; the rest waits in the stream's window, which is bounded. */
  #pass(): void {
    let taken = 0;
    while (this.#pending.length > 0 && !this.#held && taken !== -1) {
      const bytes = this.#pending[0] as Buffer;
      taken = this.#takenOf(bytes);
      if (taken === bytes.length) this.#pending.shift();
      else if (taken > 0) this.#pending[0] = bytes.subarray(taken);
    }
    if (this.#exchange === null) return;
    if (this.#held || this.#pending.length > 0) this.#stream.pause();
    else this.#stream.resume();
  }

  #takenOf(bytes: Buffer): number {
    try {
      return this.#exchange?.takeBody(bytes, 0) ?? bytes.length;
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      this.#malformed(error);
      return bytes.length;
    }
  }

  #malformed(error: MalformedMessage): void {
    this.#exchange?.abortMalformed(refuse("malformed-request", error.message, error.status));
  }

  /** The answer is complete: what is left of the request is nobody's any more (RFC 9113 8.1). */
  #stopRequest(): void {
    this.#pending = [];
    const stream = this.#stream;
    if (stream.readableEnded || stream.destroyed) return;
    if (stream.endAfterHeaders) stream.resume();
    else if (stream.writableFinished) this.#reset(constants.NGHTTP2_NO_ERROR);
    else stream.once("finish", () => this.#reset(constants.NGHTTP2_NO_ERROR));
  }

  #reset(code: number): void {
    if (!this.#stream.closed) this.#stream.close(code);
  }

  #touch(): void {
    this.#deadline = this.#plane.clock.monotonic() + this.#plane.limits.exchangeIdleMs;
  }
}
