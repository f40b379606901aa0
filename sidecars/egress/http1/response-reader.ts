import type { EgressLimits } from "../limits.ts";
import type { BodyScanner, PayloadSink } from "./body-scanner.ts";
import { createBodyScanner } from "./body-scanner.ts";
import { MalformedMessage } from "./fields.ts";
import { answerTrailerForbidden } from "./hop-fields.ts";
import type { ResponseHead } from "./response-head.ts";
import { parseResponseHead } from "./response-head.ts";

/** Who is told what an upstream answers, in order: interim heads, one head, body pieces, the end. */
export interface ResponseSink {
  onInterim(head: ResponseHead): void;
  onHead(head: ResponseHead): void;
  /** `bytes` are valid during the call only. */
  onBody(bytes: Buffer): void;
  /** `clean`: no byte came after the response, so the connection can be used again. */
  onEnd(clean: boolean): void;
  /** All bytes of one read have been told. */
  onReadEnd(): void;
}

const END_OF_HEAD = Buffer.from("\r\n\r\n", "latin1");

/** Cuts the bytes of one upstream connection into responses. Throws `MalformedMessage`. */
export class ResponseReader {
  readonly #limits: EgressLimits;
  readonly #payload: PayloadSink | null;
  #sink: ResponseSink | null = null;
  #method = "";
  #pending: Buffer | null = null;
  #body: BodyScanner | null = null;
  #untilClose = false;
  #interims = 0;
  /** Whether any byte of the current response has come. */
  started = false;

  /** `payload` is told bodies without their framing, besides what the sink is told. */
  constructor(limits: EgressLimits, payload: PayloadSink | null = null) {
    this.#limits = limits;
    this.#payload = payload;
  }

  begin(method: string, sink: ResponseSink): void {
    this.#sink = sink;
    this.#method = method;
    this.#pending = null;
    this.#body = null;
    this.#untilClose = false;
    this.#interims = 0;
    this.started = false;
  }

  /** Keeps no reference to `chunk`. */
  feed(chunk: Buffer): void {
    this.started = true;
    const sink = this.#sink;
    let bytes = chunk;
    if (this.#pending !== null) {
      bytes = Buffer.concat([this.#pending, chunk]);
      this.#pending = null;
    }
    let at = 0;
    while (at < bytes.length && this.#sink !== null) {
      const next = this.#body === null ? this.#readHead(bytes, at) : this.#readBody(this.#body, bytes, at);
      if (next === at) break;
      at = next;
    }
    sink?.onReadEnd();
  }

  /** The connection has ended; true when that is how this response's body ends. */
  finish(): boolean {
    if (!this.#untilClose) return false;
    this.#end(false);
    return true;
  }

  #readHead(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(END_OF_HEAD, at);
    if ((end === -1 ? bytes.length : end) - at > this.#limits.responseHeadBytes)
      throw new MalformedMessage("the response head is too large");
    if (end === -1) {
      this.#pending = Buffer.from(bytes.subarray(at));
      return at;
    }
    const head = parseResponseHead(bytes.toString("latin1", at, end), this.#method, this.#limits.headerFields);
    const next = end + END_OF_HEAD.length;
    if (head.status < 200 && head.status !== 101) this.#takeInterim(head);
    else this.#takeHead(head, next === bytes.length);
    return next;
  }

  #takeInterim(head: ResponseHead): void {
    this.#interims += 1;
    if (this.#interims > this.#limits.interimResponses) throw new MalformedMessage("too many interim responses");
    this.#sink?.onInterim(head);
  }

  #takeHead(head: ResponseHead, clean: boolean): void {
    const body = head.status === 101 ? ({ kind: "until-close" } as const) : head.body;
    this.#untilClose = body.kind === "until-close";
    this.#body = createBodyScanner(body, this.#limits.trailerBytes, answerTrailerForbidden, this.#payload);
    this.#sink?.onHead(head);
    if (this.#body.done) this.#end(clean);
  }

  #readBody(body: BodyScanner, bytes: Buffer, at: number): number {
    const end = body.scan(bytes, at);
    if (end > at) this.#sink?.onBody(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end));
    if (body.done) this.#end(end === bytes.length);
    return end;
  }

  #end(clean: boolean): void {
    const sink = this.#sink;
    this.#sink = null;
    this.#untilClose = false;
    sink?.onEnd(clean);
  }
}
