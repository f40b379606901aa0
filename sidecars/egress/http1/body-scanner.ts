import type { Field } from "./fields.ts";
import { MalformedMessage, parseField } from "./fields.ts";

/** How the end of a message body is found. */
export type BodyKind =
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly length: number }
  | { readonly kind: "chunked" }
  /** Ends with the connection: responses only, and what follows a protocol switch. */
  | { readonly kind: "until-close" };

/** Finds where a body ends; bytes pass as they are once they have been checked. */
export interface BodyScanner {
  readonly done: boolean;
  /** The payload is over, and trailers may follow. */
  readonly inTrailers: boolean;
  /** The index after the last byte from `from` on that belongs to the body. Throws before bad bytes could be passed on. */
  scan(bytes: Buffer, from: number): number;
}

/** Who is told what a body holds, without its framing; everything before `scan` returns. */
export interface PayloadSink {
  /** `bytes` are a view of what is being scanned. */
  onPayload(bytes: Buffer): void;
  onTrailer(field: Field): void;
}

/** Trailer fields that would change what was already decided: who asks, for whom, and where the body ends. */
export type TrailerCheck = (name: string) => boolean;

export function createBodyScanner(
  kind: BodyKind,
  maxTrailerBytes: number,
  trailerForbidden: TrailerCheck,
  payload: PayloadSink | null = null,
): BodyScanner {
  if (kind.kind === "chunked") return new ChunkedScanner(maxTrailerBytes, trailerForbidden, payload);
  return new LengthScanner(kind.kind === "length" ? kind.length : kind.kind === "none" ? 0 : Number.POSITIVE_INFINITY, payload);
}

class LengthScanner implements BodyScanner {
  readonly inTrailers = false;
  #left: number;
  readonly #payload: PayloadSink | null;

  constructor(length: number, payload: PayloadSink | null) {
    this.#left = length;
    this.#payload = payload;
  }

  get done(): boolean {
    return this.#left === 0;
  }

  scan(bytes: Buffer, from: number): number {
    const taken = Math.min(this.#left, bytes.length - from);
    this.#left -= taken;
    if (this.#payload !== null && taken > 0) this.#payload.onPayload(bytes.subarray(from, from + taken));
    return from + taken;
  }
}

const CR = 0x0d;
const LF = 0x0a;
// 13 hexadecimal digits stay below 2^53, so that a size never loses precision.
const MAX_SIZE_DIGITS = 13;

type ChunkState = "size" | "size-lf" | "data" | "data-cr" | "data-lf" | "trailer" | "trailer-lf" | "done";

/** Chunked coding, strictly: no extensions, no blanks, CRLF only. */
class ChunkedScanner implements BodyScanner {
  readonly #maxTrailerBytes: number;
  readonly #trailerForbidden: TrailerCheck;
  readonly #payload: PayloadSink | null;
  #state: ChunkState = "size";
  #digits = 0;
  #size = 0;
  #line = "";
  #trailerBytes = 0;

  constructor(maxTrailerBytes: number, trailerForbidden: TrailerCheck, payload: PayloadSink | null) {
    this.#maxTrailerBytes = maxTrailerBytes;
    this.#trailerForbidden = trailerForbidden;
    this.#payload = payload;
  }

  get done(): boolean {
    return this.#state === "done";
  }

  get inTrailers(): boolean {
    return this.#state === "trailer" || this.#state === "trailer-lf";
  }

  scan(bytes: Buffer, from: number): number {
    let at = from;
    while (at < bytes.length && this.#state !== "done") {
      if (this.#state === "data") at = this.#skipData(bytes, at);
      else {
        this.#takeByte(bytes[at] as number);
        at += 1;
      }
    }
    return at;
  }

  #skipData(bytes: Buffer, at: number): number {
    const taken = Math.min(this.#size, bytes.length - at);
    this.#size -= taken;
    if (this.#size === 0) this.#state = "data-cr";
    if (this.#payload !== null) this.#payload.onPayload(bytes.subarray(at, at + taken));
    return at + taken;
  }

  #takeByte(byte: number): void {
    switch (this.#state) {
      case "size":
        return this.#takeSize(byte);
      case "size-lf":
        this.#expect(byte, LF);
        this.#state = this.#size === 0 ? "trailer" : "data";
        return;
      case "data-cr":
        this.#expect(byte, CR);
        this.#state = "data-lf";
        return;
      case "data-lf":
        this.#expect(byte, LF);
        this.#state = "size";
        this.#digits = 0;
        return;
      case "trailer":
        return this.#takeTrailer(byte);
      case "trailer-lf":
        this.#expect(byte, LF);
        return this.#endTrailerLine();
      case "data":
      case "done":
        return;
    }
  }

  #takeSize(byte: number): void {
    if (byte === CR && this.#digits > 0) {
      this.#state = "size-lf";
      return;
    }
    const digit = hexDigit(byte);
    this.#digits += 1;
    if (digit === -1 || this.#digits > MAX_SIZE_DIGITS) throw new MalformedMessage("a chunk size is malformed");
    this.#size = this.#size * 16 + digit;
  }

  #takeTrailer(byte: number): void {
    if (byte === CR) {
      this.#state = "trailer-lf";
      return;
    }
    this.#trailerBytes += 1;
    if (this.#trailerBytes > this.#maxTrailerBytes) throw new MalformedMessage("the trailer section is too large", 431);
    this.#line += String.fromCharCode(byte);
  }

  #endTrailerLine(): void {
    if (this.#line === "") {
      this.#state = "done";
      return;
    }
    const field = parseField(this.#line);
    if (this.#trailerForbidden(field.name)) throw new MalformedMessage("a trailer field is not allowed there");
    this.#payload?.onTrailer(field);
    this.#line = "";
    this.#state = "trailer";
  }

  #expect(byte: number, wanted: number): void {
    if (byte !== wanted) throw new MalformedMessage("chunked framing is broken");
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
