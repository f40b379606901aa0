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

  constructor(stream: ServerHttp2Stream, method: string, limits: EgressLimits) {
    this.#stream = stream;
    this.#reader = new ResponseReader(limits, this);
    this.#reader.begin(method, this);
    stream.once("wantTrailers", () => stream.sendTrailers(this.#trailers ?? {}));
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
    if (this.#alive) this.#stream.additionalHeaders(fieldsObject(head.fields, { ":status": String(head.status) }));
  }

  onHead(head: ResponseHead): void {
    this.#head = head;
  }

  onPayload(bytes: Buffer): void {
    this.#writeHead(false);
    this.#writePiece();
    this.#piece = bytes;
  }

  onTrailer({ name, value }: Field): void {
    this.#trailers ??= {};
    const values = this.#trailers[name];
    if (values === undefined) this.#trailers[name] = [value];
    else values.push(value);
  }

  // Bodies come by onPayload, without the framing of another protocol.
  onBody(): void {}

  onReadEnd(): void {
    this.#writeHead(false);
    this.#writePiece();
  }

  onEnd(): void {
    const piece = this.#piece;
    this.#piece = null;
    this.#writeHead(piece === null && this.#trailers === null);
    if (this.#open) this.#stream.end(piece ?? undefined);
  }

  get #alive(): boolean {
    return !this.#stream.destroyed && !this.#stream.closed;
  }

  // The library ends the body of an answer to HEAD before its head has gone.
  get #open(): boolean {
    return this.#alive && !this.#stream.writableEnded;
  }

  #writeHead(endStream: boolean): void {
    const head = this.#head;
    if (head === null) return;
    this.#head = null;
    const list = [":status", String(head.status)];
    for (const { name, value } of head.fields) if (!DROPPED.has(name)) list.push(name, value);
    // The upstream's date passes; a second one is not added.
    const options = { endStream, waitForTrailers: !endStream && head.body.kind === "chunked", sendDate: false };
    if (this.#alive) this.#stream.respond(list, options);
  }

  #writePiece(): void {
    const piece = this.#piece;
    this.#piece = null;
    if (piece !== null && this.#open) this.#stream.write(piece);
  }
}

function fieldsObject(fields: readonly Field[], first: Record<string, string>): Record<string, string | string[]> {
  const all: Record<string, string | string[]> = { ...first };
  for (const { name, value } of fields) {
    const seen = all[name];
    if (!DROPPED.has(name)) all[name] = seen === undefined ? value : [...(Array.isArray(seen) ? seen : [seen]), value];
  }
  return all;
}
