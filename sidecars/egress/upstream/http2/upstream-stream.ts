import type { ClientHttp2Session, ClientHttp2Stream } from "node:http2";
import { constants, sensitiveHeaders } from "node:http2";
import type { BodyKind, BodyScanner } from "../../http1/body-scanner.ts";
import { createBodyScanner } from "../../http1/body-scanner.ts";
import type { Field } from "../../http1/fields.ts";
import { MalformedMessage, parseField } from "../../http1/fields.ts";
import { framedData, framedEnd } from "../../http1/framing.ts";
import { answerTrailerForbidden } from "../../http1/hop-fields.ts";
import type { RequestHead } from "../../http1/request-head.ts";
import { parseRequestHead } from "../../http1/request-head.ts";
import type { ResponseHead } from "../../http1/response-head.ts";
import type { EgressLimits } from "../../limits.ts";
import type { UpstreamConnection, UpstreamUser } from "../upstream-connection.ts";

const END_OF_HEAD = Buffer.from("\r\n\r\n", "latin1");
const DIGITS = /^[0-9]{1,15}$/;
const REQUEST_DROPPED = new Set(["host", "connection", "transfer-encoding", "upgrade"]);
/** Fields that egress itself adds to those of the agent. */
const OWN_FIELDS = 8;

/** One request on an HTTP/2 connection to a route's host; the exchange writes and reads it as HTTP/1.1 (EGR-5). */
export class UpstreamStream implements UpstreamConnection {
  readonly host: string;
  readonly served: number;
  readonly #session: ClientHttp2Session;
  readonly #limits: EgressLimits;
  /** Told once, when this is of no more use. */
  #closed: (() => void) | null;
  #user: UpstreamUser | null = null;
  #method = "";
  #stream: ClientHttp2Stream | null = null;
  #requestBody: BodyScanner | null = null;
  #requestTrailers: Record<string, string[]> = Object.create(null);
  #writable = true;
  #headTaken = false;
  #body: BodyKind = { kind: "none" };
  #left = 0;
  #trailers: readonly string[] = [];
  #interims = 0;
  responseStarted = false;
  keepAliveMs: number | null = null;

  constructor(parts: { host: string; session: ClientHttp2Session; served: number; limits: EgressLimits; closed: () => void }) {
    this.host = parts.host;
    this.#session = parts.session;
    this.served = parts.served;
    this.#limits = parts.limits;
    this.#closed = parts.closed;
  }

  begin(method: string, user: UpstreamUser): void {
    this.#method = method;
    this.#user = user;
  }

  end(): void {
    this.#user = null;
    this.#close();
  }

  write(bytes: Buffer | string): boolean {
    const buffer = typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes;
    this.#writable = true;
    try {
      this.#writeBody(buffer, this.#stream === null ? this.#writeHead(buffer) : 0);
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      this.#lose(error.message);
    }
    return this.#writable;
  }

  pause(): void {
    this.#stream?.pause();
  }

  resume(): void {
    this.#stream?.resume();
  }

  destroy(): void {
    this.#user = null;
    this.#reset();
  }

  /** Returns where the head ends. */
  #writeHead(buffer: Buffer): number {
    const end = buffer.indexOf(END_OF_HEAD);
    const head = parseRequestHead(buffer.toString("latin1", 0, end), this.#limits.headerFields + OWN_FIELDS);
    if (head.websocket) throw new MalformedMessage("it speaks HTTP/2 only, which no WebSocket goes through");
    if (this.#session.closed || this.#session.destroyed) throw new MalformedMessage("its connection has just been closed");
    const hasBody = head.body.kind !== "none";
    // Closing a stream also ends its body, as if it were whole; one that waits for trailers is not ended by that.
    const stream = this.#session.request(requestFields(this.host, head), { endStream: !hasBody, waitForTrailers: hasBody });
    this.#stream = stream;
    this.#listen(stream);
    this.#requestBody = createBodyScanner(head.body, this.#limits.trailerBytes, () => false, {
      onPayload: (bytes) => {
        this.#writable = stream.write(bytes);
      },
      onTrailer: ({ name, value }) => {
        this.#requestTrailers[name] = [...(this.#requestTrailers[name] ?? []), value];
      },
    });
    return end + END_OF_HEAD.length;
  }

  #writeBody(buffer: Buffer, from: number): void {
    const body = this.#requestBody;
    const stream = this.#stream;
    if (body === null || stream === null || body.done || stream.destroyed || stream.closed) return;
    body.scan(buffer, from);
    if (body.done) stream.end();
  }

  #listen(stream: ClientHttp2Stream): void {
    stream.once("wantTrailers", () => {
      if (this.#requestBody?.done === true && !stream.closed) stream.sendTrailers(this.#requestTrailers);
    });
    stream.on("headers", (_head, _flags, list: readonly string[]) => this.#guarded(() => this.#takeInterim(list)));
    stream.once("response", (_head, flags, list: readonly string[]) => this.#guarded(() => this.#takeHead(list, flags)));
    stream.on("data", (data: Buffer) => this.#guarded(() => this.#takeData(data)));
    stream.once("trailers", (_trailers, _flags, list: readonly string[]) => {
      this.#trailers = list;
    });
    // Streams of a lost connection end as well; their close tells.
    stream.once("end", () => this.#guarded(() => (this.#headTaken && !stream.aborted && !stream.rstCode ? this.#takeEnd() : undefined)));
    stream.on("drain", () => this.#user?.onUpstreamDrain());
    // What goes wrong with a stream shows in its close.
    stream.on("error", () => undefined);
    stream.once("close", () => this.#lose(null));
  }

  #guarded(work: () => void): void {
    if (this.#user === null) return;
    try {
      work();
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      this.#lose(error.message);
    }
  }

  #takeInterim(list: readonly string[]): void {
    this.responseStarted = true;
    this.#interims += 1;
    if (this.#interims > this.#limits.interimResponses) throw new MalformedMessage("too many interim responses");
    this.#user?.onInterim(responseHead(list, { kind: "none" }, this.#limits));
  }

  #takeHead(list: readonly string[], flags: number): void {
    this.responseStarted = true;
    const body = responseBody(this.#method, list, (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0);
    this.#headTaken = true;
    this.#body = body;
    this.#left = body.kind === "length" ? body.length : 0;
    this.#user?.onHead(responseHead(list, body, this.#limits));
    if (body.kind === "none") this.#finish();
    else this.#user?.onReadEnd();
  }

  #takeData(data: Buffer): void {
    if (this.#body.kind === "none") return;
    this.#left -= data.length;
    if (this.#body.kind === "length" && this.#left < 0) throw new MalformedMessage("its body is longer than announced");
    this.#user?.onBody(framedData(this.#body, data));
    this.#user?.onReadEnd();
  }

  #takeEnd(): void {
    if (this.#body.kind === "length" && this.#left > 0) throw new MalformedMessage("its body is shorter than announced");
    for (let at = 0; at < this.#trailers.length; at += 2) {
      if (answerTrailerForbidden(this.#trailers[at] ?? "")) throw new MalformedMessage("a trailer field is not allowed there");
    }
    const end = framedEnd(this.#body, this.#trailers);
    if (end === null) throw new MalformedMessage("a trailer field is malformed");
    if (end.length > 0) this.#user?.onBody(end);
    this.#finish();
  }

  #finish(): void {
    const user = this.#user;
    this.#user = null;
    user?.onReadEnd();
    user?.onEnd(true);
    // The answer is whole: what is left of the request is not wanted any more.
    if (this.#requestBody?.done === false) this.#reset();
    else this.#stream?.resume();
  }

  #lose(malformed: string | null): void {
    const user = this.#user;
    this.#user = null;
    user?.onUpstreamLost(malformed);
    this.#reset();
  }

  #close(): void {
    this.#closed?.();
    this.#closed = null;
  }

  #reset(): void {
    this.#close();
    if (this.#stream !== null && !this.#stream.closed) this.#stream.close(constants.NGHTTP2_CANCEL);
  }
}

/** The injected credential is kept out of the compression table, from which it could be guessed by the lengths of later requests. */
function requestFields(host: string, head: RequestHead): Record<string, string | string[]> & { [sensitiveHeaders]: string[] } {
  const fields = Object.create(null) as Record<string, string | string[]>;
  Object.assign(fields, { ":method": head.method, ":scheme": "https", ":authority": host, ":path": head.target });
  for (const { name, value } of head.fields) {
    const seen = fields[name];
    if (!REQUEST_DROPPED.has(name)) fields[name] = seen === undefined ? value : [...(Array.isArray(seen) ? seen : [seen]), value];
  }
  // gRPC servers insist on it.
  fields.te = "trailers";
  return Object.assign(fields, { [sensitiveHeaders]: ["authorization", "cookie"].filter((name) => name in fields) });
}

function responseHead(list: readonly string[], body: BodyKind, limits: EgressLimits): ResponseHead {
  const fields: Field[] = [];
  for (let at = 2; at + 1 < list.length; at += 2) fields.push(parseField(`${list[at]}: ${list[at + 1]}`));
  if (fields.length > limits.headerFields) throw new MalformedMessage("too many header fields", 431);
  const status = Number(list[1]);
  if (list[0] !== ":status" || !(status >= 100 && status <= 599)) throw new MalformedMessage("the status is malformed");
  return { status, phrase: "", fields, body, keepAlive: true, keepAliveMs: null, hopByHop: [], upgrade: null };
}

function responseBody(method: string, list: readonly string[], ended: boolean): BodyKind {
  const status = Number(list[1]);
  if (ended || method === "HEAD" || status === 204 || status === 304) return { kind: "none" };
  const lengths = list.filter((_text, at) => at % 2 === 1 && list[at - 1] === "content-length");
  if (lengths.length === 0) return { kind: "chunked" };
  if (lengths.length > 1 || !DIGITS.test(lengths[0] ?? "")) throw new MalformedMessage("the content-length is malformed");
  return lengths[0] === "0" ? { kind: "none" } : { kind: "length", length: Number(lengths[0]) };
}
