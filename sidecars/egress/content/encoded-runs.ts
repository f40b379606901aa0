import type { Detectors } from "./detectors.ts";
import type { MatchSink } from "./text-scanner.ts";
import { TextScanner } from "./text-scanner.ts";

/** Shorter runs hold no credential: of 15 bytes none is one. */
const SHORTEST = 20;
/** Up to here a run that begins with no text is taken for a name or a hash, and not decoded. */
const JUDGED_BY_BEGINNING = 96;
/** Of a run's beginning, while more of it may come. */
const TELLING = 8;

/** 1 for each letter of it. */
type Alphabet = Uint8Array;

const WORDS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
export const BASE64_LETTERS = alphabetOf(`${WORDS}+/-_`);
/** Those of base64 without its signs, which text in base64 hardly ever holds and which part the words of a path or name. */
export const LETTERS_AND_DIGITS = alphabetOf(WORDS);
const HEX = alphabetOf("0123456789abcdefABCDEF");
/** What a group of base64 begins with that stands for ASCII. */
const BEGINS_ASCII = alphabetOf("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef");

/**
 * Finds runs of base64 and of hexadecimal digits in text that comes in parts and has them scanned as what they stand for, one level.
 * Base64 that is broken into lines is one run. Of any length: what is decoded goes on to the scanner part by part.
 */
export class EncodedRuns {
  readonly #alphabet: Alphabet;
  readonly #base64: TextScanner;
  readonly #hex: TextScanner;
  /** Letters at the end that are too few for a run yet. */
  #tail: Buffer = NOTHING;
  /** Letters of the open run that make no whole group yet. */
  #rest: Buffer = NOTHING;
  #open: "none" | "base64" | "hex" = "none";
  /** Of the open run. */
  #length = 0;

  constructor(detectors: Detectors, report: MatchSink, alphabet: Alphabet) {
    this.#alphabet = alphabet;
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
      const start = findRun(bytes, at, this.#alphabet);
      if (start === -1) {
        this.#tail = Buffer.from(bytes.subarray(tailStart(bytes, at, this.#alphabet)));
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
    const end = runEnd(bytes, start, this.#alphabet, JUDGED_BY_BEGINNING + 1);
    // A hash of any length is digits throughout; text in base64 hardly ever begins with twenty of them.
    const hex = runEnd(bytes, start, HEX, SHORTEST) - start === SHORTEST;
    if (
      end < bytes.length &&
      end - start <= JUDGED_BY_BEGINNING &&
      !wrapped(bytes, end, end - start, this.#alphabet) &&
      !beginsAsText(bytes, start, hex)
    ) {
      return end;
    }
    this.#open = hex ? "hex" : "base64";
    this.#length = 0;
    return this.#goOn(bytes, start);
  }

  /** Takes what there is of the open run from `start` on; returns where it stopped. */
  #goOn(bytes: Buffer, start: number): number {
    const alphabet = this.#open === "hex" ? HEX : this.#alphabet;
    let at = start;
    for (;;) {
      const end = runEnd(bytes, at, alphabet);
      if (end > at) this.#take(bytes.subarray(at, end));
      if (end === bytes.length) return end;
      if (this.#open === "base64" && endsInLineBreak(bytes, end)) {
        this.#tail = Buffer.from(bytes.subarray(end));
        return bytes.length;
      }
      at = this.#open === "base64" ? wrapped(bytes, end, this.#length, this.#alphabet) : 0;
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
function findRun(bytes: Buffer, from: number, alphabet: Alphabet): number {
  let start = from;
  while (start + SHORTEST <= bytes.length) {
    let at = start + SHORTEST - 1;
    while (at >= start && alphabet[bytes[at] as number] === 1) at -= 1;
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

function tailStart(bytes: Buffer, from: number, alphabet: Alphabet): number {
  let at = bytes.length;
  while (at > from && alphabet[bytes[at - 1] as number] === 1) at -= 1;
  return at;
}

/** Where a run goes on in the next line; 0 where it does not. Lines of base64 are at least 60 letters and hold whole groups. */
function wrapped(bytes: Buffer, end: number, length: number, alphabet: Alphabet): number {
  if (length < 60 || length % 4 !== 0) return 0;
  const next = bytes[end] === 0x0a ? end + 1 : bytes[end] === 0x0d && bytes[end + 1] === 0x0a ? end + 2 : 0;
  return next > 0 && next < bytes.length && alphabet[bytes[next] as number] === 1 ? next : 0;
}

/** Whether nothing but a line break follows, behind which a run may go on with the next part. */
function endsInLineBreak(bytes: Buffer, end: number): boolean {
  const left = bytes.length - end;
  return (left === 1 && (bytes[end] === 0x0a || bytes[end] === 0x0d)) || (left === 2 && bytes[end] === 0x0d && bytes[end + 1] === 0x0a);
}

function beginsAsText(bytes: Buffer, start: number, hex: boolean): boolean {
  for (let at = start; !hex && at < start + SHORTEST; at += 4) if (BEGINS_ASCII[bytes[at] as number] === 0) return false;
  const letters = bytes.toString("latin1", start, start + SHORTEST);
  for (const byte of Buffer.from(letters, hex ? "hex" : "base64"))
    if (byte > 0x7e || (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13)) return false;
  return true;
}

function alphabetOf(letters: string): Alphabet {
  const alphabet = new Uint8Array(256);
  for (const letter of letters) alphabet[letter.charCodeAt(0)] = 1;
  return alphabet;
}
