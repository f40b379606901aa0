import type { BodyKind, BodyScanner, PayloadSink } from "../http1/body-scanner.ts";
import { createBodyScanner } from "../http1/body-scanner.ts";
import { FrameScanner } from "./frame-scanner.ts";

/** Where payload lies in some bytes: start, end, start, end. */
export type Spans = readonly number[];

/** Tells payload from framing in an answer that has been checked already. */
export class PayloadSpans implements PayloadSink {
  readonly #scanner: BodyScanner;
  readonly #frames: FrameScanner | null;
  #offset = 0;
  #spans: number[] = [];

  constructor(body: BodyKind | "websocket") {
    this.#frames = body === "websocket" ? new FrameScanner(this) : null;
    this.#scanner = this.#frames ?? createBodyScanner(body as BodyKind, Number.POSITIVE_INFINITY, () => false, this);
  }

  /** Whether a message may be complete where the last bytes ended: its receiver may answer it before anything else comes. */
  get messageMayEnd(): boolean {
    return this.#frames?.betweenFrames === true;
  }

  /** Spans of what comes next. */
  next(bytes: Buffer): Spans {
    this.#spans = [];
    this.#offset = bytes.byteOffset;
    this.#scanner.scan(bytes, 0);
    if (this.#scanner.inTrailers || (this.#scanner.done && this.#frames === null)) this.#addRest(bytes.length);
    return this.#spans;
  }

  onPayload(bytes: Buffer): void {
    const start = bytes.byteOffset - this.#offset;
    this.#spans.push(start, start + bytes.length);
  }

  onTrailer(): void {}

  /** Trailers can echo as well: all that follows the last data counts as text. */
  #addRest(length: number): void {
    if (this.#spans.length === 0) this.#spans.push(0, length);
    else this.#spans[this.#spans.length - 1] = length;
  }
}
