import type { ServerHttp2Stream } from "node:http2";
import type { PayloadSink } from "../../http1/body-scanner.ts";
import type { Field } from "../../http1/fields.ts";
import type { ResponseHead } from "../../http1/response-head.ts";
import type { ResponseSink } from "../../http1/response-reader.ts";
import { ResponseReader } from "../../http1/response-reader.ts";
import type { EgressLimits } from "../../limits.ts";

// Fields of HTTP/1.1 connections: an HTTP/2 client takes an answer with one of them for malformed.
const DROPPED = new Set(["connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade", "http2-settings", "te"]);

/** Turns the HTTP/1.1 answer that an exchange writes into the frames of one stream, as it comes. */
export class StreamAnswer implements ResponseSink, PayloadSink {
  readonly #stream: ServerHttp2Stream;
  readonly #reader: ResponseReader;
  /** Waits until it is known whether anything follows it. */
  #head: ResponseHead | null = null;
  /** Waits until it is known whether it is the last. */
  #piece: Buffer | null = null;
  #trailers: Record<string, string[]> | null = null;
  #complete = false;

  constructor(stream: ServerHttp2Stream, method: string, limits: EgressLimits) {
    this.#stream = stream;
    this.#reader = new ResponseReader(limits, this);
    this.#reader.begin(method, this);
    stream.once("wantTrailers", () => {
      if (this.#complete && this.#alive) stream.sendTrailers(this.#trailers ?? {});
    });
  }

  /** False when the agent reads slower than we write. */
  write(bytes: Buffer | string): boolean {
    this.#reader.feed(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
    return !this.#stream.writableNeedDrain;
  }

  /** An answer without a length of its own is complete. */
  end(): void {
    this.#reader.finish();
  }

  onInterim(head: ResponseHead): void {
    if (this.#alive) this.#stream.additionalHeaders(fieldsObject(head));
  }

  onHead(head: ResponseHead): void {
    this.#head = head;
  }

  onPayload(bytes: Buffer): void {
    if (this.#piece !== null) this.#writeOn();
    this.#piece = bytes;
  }

  onTrailer({ name, value }: Field): void {
    // A field may be called `__proto__`.
    this.#trailers ??= Object.create(null) as Record<string, string[]>;
    const values = this.#trailers[name];
    if (values === undefined) this.#trailers[name] = [value];
    else values.push(value);
  }

  // Bodies come by onPayload, without the framing of another protocol.
  onBody(): void {}

  onReadEnd(): void {
    this.#writeOn();
  }

  onEnd(): void {
    this.#complete = true;
    const piece = this.#piece;
    this.#piece = null;
    this.#writeHead({ endStream: piece === null && this.#trailers === null, waitForTrailers: this.#trailers !== null });
    if (this.#open) this.#stream.end(piece ?? undefined);
  }

  get #alive(): boolean {
    return !this.#stream.destroyed && !this.#stream.closed;
  }

  // The library ends the body of an answer to HEAD before its head has gone.
  get #open(): boolean {
    return this.#alive && !this.#stream.writableEnded;
  }

  /** More follows, perhaps. */
  #writeOn(): void {
    // Closing a stream also ends its body, as if it were whole; one that waits for trailers is not ended by that.
    this.#writeHead({ endStream: false, waitForTrailers: true });
    const piece = this.#piece;
    this.#piece = null;
    if (piece !== null && this.#open) this.#stream.write(piece);
  }

  #writeHead(end: { endStream: boolean; waitForTrailers: boolean }): void {
    const head = this.#head;
    if (head === null) return;
    this.#head = null;
    const list = [":status", String(head.status)];
    for (const { name, value } of head.fields) if (!DROPPED.has(name)) list.push(name, value);
    // The upstream's date passes; a second one is not added.
    const options = { ...end, sendDate: false };
    if (this.#alive) this.#stream.respond(list, options);
  }
}

function fieldsObject({ status, fields }: ResponseHead): Record<string, string | string[]> {
  const all = Object.create(null) as Record<string, string | string[]>;
  all[":status"] = String(status);
  for (const { name, value } of fields) {
    const seen = all[name];
    if (!DROPPED.has(name)) all[name] = seen === undefined ? value : [...(Array.isArray(seen) ? seen : [seen]), value];
  }
  return all;
}
