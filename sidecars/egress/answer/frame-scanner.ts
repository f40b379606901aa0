import type { BodyScanner, PayloadSink } from "../http1/body-scanner.ts";

/** What follows the first two bytes of a frame: its length in full, and a mask. */
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const MASK_BYTES = 4;

/** Finds payload in the frames of a WebSocket (RFC 6455, section 5.2). Malformed ones are the receiver's to refuse. */
export class FrameScanner implements BodyScanner {
  readonly done = false;
  readonly inTrailers = false;
  readonly #payload: PayloadSink;
  readonly #head: number[] = [];
  #left = 0;

  constructor(payload: PayloadSink) {
    this.#payload = payload;
  }

  get betweenFrames(): boolean {
    return this.#left === 0 && this.#head.length === 0;
  }

  scan(bytes: Buffer, from: number): number {
    let at = from;
    while (at < bytes.length) {
      if (this.#left === 0) {
        this.#takeHead(bytes[at] as number);
        at += 1;
      } else {
        const taken = Math.min(this.#left, bytes.length - at);
        this.#payload.onPayload(bytes.subarray(at, at + taken));
        this.#left -= taken;
        at += taken;
      }
    }
    return at;
  }

  #takeHead(byte: number): void {
    this.#head.push(byte);
    const second = this.#head[1];
    if (second === undefined || this.#head.length < headLength(second)) return;
    const short = second & 0x7f;
    const wide = short === LENGTH_16 ? 2 : short === LENGTH_64 ? 8 : 0;
    this.#left = wide === 0 ? short : this.#head.slice(2, 2 + wide).reduce((sum, part) => sum * 256 + part, 0);
    this.#head.length = 0;
  }
}

function headLength(second: number): number {
  const short = second & 0x7f;
  const wide = short === LENGTH_16 ? 2 : short === LENGTH_64 ? 8 : 0;
  return 2 + wide + ((second & 0x80) === 0 ? 0 : MASK_BYTES);
}
