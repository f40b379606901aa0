import { begunLength, blot } from "./blot.ts";
import type { EchoPatterns } from "./echo-patterns.ts";
import type { Spans } from "./payload-spans.ts";

/** Fewer letters than this say nothing about a credential, so they need not wait for what follows them. */
const WORTH_HOLDING = 4;
const EMPTY = Buffer.alloc(0);

/**
 * Blots a credential out of an answer as it passes (EGR-3). What is written in its place has the same length, so that nothing else in
 * the answer moves. Bytes wait only while they are the beginning of the credential; anything else leaves in the call that brought it.
 */
export class EchoScrubber {
  readonly #patterns: EchoPatterns;
  /** Not sent yet: begins with payload that may be the beginning of an echo. */
  #held: Buffer = EMPTY;
  #heldSpans: Spans = [];
  /** Payload just before that, sent already: an echo may have begun with it. */
  #sent: Buffer = EMPTY;
  /** Whether there was anything to blot out. */
  found = false;

  constructor(patterns: EchoPatterns) {
    this.#patterns = patterns;
  }

  /** `spans` say where in `bytes` payload lies; `bytes` are written into. Returns what can be sent, valid as long as `bytes`. */
  take(bytes: Buffer, spans: Spans, mayHold: boolean): Buffer {
    const all = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    const allSpans = this.#held.length === 0 ? spans : [...this.#heldSpans, ...spans.map((at) => at + this.#held.length)];
    const text = this.#textOf(all, allSpans);
    if (blot(text, this.#patterns)) {
      this.found = true;
      this.#writeBack(text, all, allSpans);
    }
    return this.#release(all, allSpans, text, mayHold);
  }

  /** The answer is over: what still waited was no echo. */
  end(): Buffer {
    const held = this.#held;
    this.#held = EMPTY;
    return held;
  }

  /** The payload in a row, after what of it was sent; a view where it lies in a row already. */
  #textOf(all: Buffer, spans: Spans): Buffer {
    const [start, end] = spans;
    if (start === undefined || end === undefined) return this.#sent;
    if (spans.length === 2 && this.#sent.length === 0) return all.subarray(start, end);
    const pieces = [this.#sent];
    for (let at = 0; at < spans.length; at += 2) pieces.push(all.subarray(spans[at], spans[at + 1]));
    return Buffer.concat(pieces);
  }

  #writeBack(text: Buffer, all: Buffer, spans: Spans): void {
    let from = this.#sent.length;
    for (let at = 0; at < spans.length; at += 2) {
      const start = spans[at] as number;
      const end = spans[at + 1] as number;
      text.copy(all, start, from, from + end - start);
      from += end - start;
    }
  }

  #release(all: Buffer, spans: Spans, text: Buffer, mayHold: boolean): Buffer {
    const begun = begunLength(text, this.#patterns);
    const unsent = text.length - this.#sent.length;
    const hold = mayHold && begun >= WORTH_HOLDING ? Math.min(begun, unsent) : 0;
    this.#sent = begun === hold ? EMPTY : Buffer.from(text.subarray(text.length - begun, text.length - hold));
    const cut = hold === 0 ? all.length : placeBefore(spans, hold);
    this.#held = cut === all.length ? EMPTY : Buffer.from(all.subarray(cut));
    this.#heldSpans = cut === all.length ? [] : spansFrom(spans, cut);
    return all.subarray(0, cut);
  }
}

/** Where the last `length` bytes of payload begin. */
function placeBefore(spans: Spans, length: number): number {
  let left = length;
  for (let at = spans.length - 2; at >= 0; at -= 2) {
    const start = spans[at] as number;
    const end = spans[at + 1] as number;
    if (end - start >= left) return end - left;
    left -= end - start;
  }
  return 0;
}

/** The spans from `cut` on, counted from there. */
function spansFrom(spans: Spans, cut: number): Spans {
  const kept: number[] = [];
  for (let at = 0; at < spans.length; at += 2) {
    const start = spans[at] as number;
    const end = spans[at + 1] as number;
    if (end > cut) kept.push(Math.max(0, start - cut), end - cut);
  }
  return kept;
}
