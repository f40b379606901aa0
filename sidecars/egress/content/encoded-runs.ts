import type { Detectors } from "./detectors.ts";
import type { MatchSink } from "./text-scanner.ts";
import { TextScanner } from "./text-scanner.ts";

/** Shorter runs hold no credential: of 15 bytes none is one. */
const SHORTEST = 20;
/** Up to here a run that begins with no text is taken for a name or a hash, and not decoded. */
const JUDGED_BY_BEGINNING = 96;
/** Of a run's beginning, while more of it may come. */
const TELLING = 8;

const ALPHABET = new Uint8Array(256);
const HEX = new Uint8Array(256);
for (const letter of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_") ALPHABET[letter.charCodeAt(0)] = 1;
for (const letter of "0123456789abcdefABCDEF") HEX[letter.charCodeAt(0)] = 1;

/**
 * Finds runs of base64 and of hexadecimal digits in text that comes in parts and has them scanned as what they stand for, one level.
 * Base64 that is broken into lines is one run. Of any length: what is decoded goes on to the scanner part by part.
 */
export class EncodedRuns {
  readonly #base64: TextScanner;
  readonly #hex: TextScanner;
  /** Letters at the end that are too few for a run yet. */
  #tail: Buffer = NOTHING;
  /** Letters of the open run that make no whole group yet. */
  #rest: Buffer = NOTHING;
  #open: "none" | "base64" | "hex" = "none";
  /** Of the open run. */
  #length = 0;

  constructor(detectors: Detectors, report: MatchSink) {
    this.#base64 = new TextScanner(detectors, report);
    this.#hex = new TextScanner(detectors, report);
  }

  /** Whether a credential may have begun in a run that goes on. */
  get open(): boolean {
    return this.#tail.length >= TELLING || this.#base64.open || this.#hex.open;
  }

  feed(part: Buffer): void {
    const bytes = this.#tail.length === 0 ? part : Buffer.concat([this.#tail, part]);
    this.#tail = NOTHING;
    let at = this.#open === "none" ? 0 : this.#goOn(bytes, 0);
    while (at < bytes.length) {
      const start = findRun(bytes, at);
      if (start === -1) {
        this.#tail = Buffer.from(bytes.subarray(tailStart(bytes, at)));
        return;
      }
      at = this.#begin(bytes, start);
    }
  }

  end(): void {
    if (this.#open !== "none") this.#close();
    this.#tail = NOTHING;
  }

  #begin(bytes: Buffer, start: number): number {
    const end = runEnd(bytes, start, ALPHABET, JUDGED_BY_BEGINNING + 1);
    // A hash of any length is digits throughout; text in base64 hardly ever begins with twenty of them.
    const hex = runEnd(bytes, start, HEX, SHORTEST) - start === SHORTEST;
    if (end < bytes.length && end - start <= JUDGED_BY_BEGINNING && !wrapped(bytes, end, end - start) && !beginsAsText(bytes, start, hex)) {
      return end;
    }
    this.#open = hex ? "hex" : "base64";
    this.#length = 0;
    return this.#goOn(bytes, start);
  }

  /** Takes what there is of the open run from `start` on; returns where it stopped. */
  #goOn(bytes: Buffer, start: number): number {
    const alphabet = this.#open === "hex" ? HEX : ALPHABET;
    let at = start;
    for (;;) {
      const end = runEnd(bytes, at, alphabet);
      if (end > at) this.#take(bytes.subarray(at, end));
      if (end === bytes.length) return end;
      if (this.#open === "base64" && endsInLineBreak(bytes, end)) {
        this.#tail = Buffer.from(bytes.subarray(end));
        return bytes.length;
      }
      at = this.#open === "base64" ? wrapped(bytes, end, this.#length) : 0;
      if (at === 0) {
        this.#close();
        return end;
      }
    }
  }

  #take(letters: Buffer): void {
    this.#length += letters.length;
    const all = this.#rest.length === 0 ? letters : Buffer.concat([this.#rest, letters]);
    const whole = all.length - (all.length % 4);
    this.#rest = whole === all.length ? NOTHING : Buffer.from(all.subarray(whole));
    this.#decode(all.subarray(0, whole));
  }

  #decode(letters: Buffer): void {
    if (letters.length === 0) return;
    if (this.#open === "hex") this.#hex.feed(Buffer.from(letters.toString("latin1"), "hex"));
    else this.#base64.feed(Buffer.from(letters.toString("latin1"), "base64"));
  }

  #close(): void {
    this.#decode(this.#rest);
    this.#rest = NOTHING;
    (this.#open === "hex" ? this.#hex : this.#base64).end();
    this.#open = "none";
  }
}

const NOTHING = Buffer.alloc(0);

/** Where the next run begins that is long enough, or -1. Looks at where it would end first: most words are passed in one step. */
function findRun(bytes: Buffer, from: number): number {
  let start = from;
  while (start + SHORTEST <= bytes.length) {
    let at = start + SHORTEST - 1;
    while (at >= start && ALPHABET[bytes[at] as number] === 1) at -= 1;
    if (at < start) return start;
    start = at + 1;
  }
  return -1;
}

/** Looks at no more than `most` letters. */
function runEnd(bytes: Buffer, start: number, alphabet: Uint8Array, most = bytes.length): number {
  const limit = Math.min(bytes.length, start + most);
  let at = start;
  while (at < limit && alphabet[bytes[at] as number] === 1) at += 1;
  return at;
}

function tailStart(bytes: Buffer, from: number): number {
  let at = bytes.length;
  while (at > from && ALPHABET[bytes[at - 1] as number] === 1) at -= 1;
  return at;
}

/** Where a run goes on in the next line; 0 where it does not. Lines of base64 are at least 60 letters and hold whole groups. */
function wrapped(bytes: Buffer, end: number, length: number): number {
  if (length < 60 || length % 4 !== 0) return 0;
  const next = bytes[end] === 0x0a ? end + 1 : bytes[end] === 0x0d && bytes[end + 1] === 0x0a ? end + 2 : 0;
  return next > 0 && next < bytes.length && ALPHABET[bytes[next] as number] === 1 ? next : 0;
}

/** Whether nothing but a line break follows, behind which a run may go on with the next part. */
function endsInLineBreak(bytes: Buffer, end: number): boolean {
  const left = bytes.length - end;
  return (left === 1 && (bytes[end] === 0x0a || bytes[end] === 0x0d)) || (left === 2 && bytes[end] === 0x0d && bytes[end + 1] === 0x0a);
}

function beginsAsText(bytes: Buffer, start: number, hex: boolean): boolean {
  const letters = bytes.toString("latin1", start, start + SHORTEST);
  for (const byte of Buffer.from(letters, hex ? "hex" : "base64"))
    if (byte > 0x7e || (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13)) return false;
  return true;
}
