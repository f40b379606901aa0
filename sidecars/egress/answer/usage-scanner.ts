import type { Place } from "./usage-fields.ts";
import { placeUnder, UsageFields } from "./usage-fields.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COLON = 0x3a;
const COMMA = 0x2c;

/** Longer keys and numbers are none of those looked for. */
const MAX_WORD = 100;
/** What is looked for lies no deeper. */
const MAX_DEPTH = 5;

/**
 * Reads token counts out of JSON of any size, byte by byte, in memory that does not grow. Only values at their place in the structure
 * count, so no text that a model was made to say is taken for one. Whatever is no JSON yields nothing.
 */
export class UsageScanner {
  readonly fields = new UsageFields();
  /** The place of each open object, as deep as it matters. */
  readonly #places: Place[] = [];
  #depth = 0;
  #key = "";
  #word = "";
  #inText = false;
  #escaped = false;
  #afterColon = false;

  /** Another JSON text begins. */
  restart(): void {
    this.#places.length = 0;
    this.#depth = 0;
    this.#key = "";
    this.#word = "";
    this.#inText = false;
    this.#escaped = false;
    this.#afterColon = false;
  }

  take(bytes: Buffer, from: number, to: number): void {
    let at = from;
    while (at < to) {
      if (this.#inText) at = this.#takeText(bytes, at, to);
      else {
        this.#takeByte(bytes[at] as number);
        at += 1;
      }
    }
  }

  get #place(): Place {
    return this.#depth === 0 || this.#depth > MAX_DEPTH ? "ignored" : (this.#places[this.#depth - 1] ?? "ignored");
  }

  /** Inside of a text: nearly all of an answer is spent here. */
  #takeText(bytes: Buffer, from: number, to: number): number {
    const end = endOfText(bytes, from, to, this.#escaped);
    const wanted = !this.#afterColon || this.#key === "model";
    if (wanted && this.#word.length <= MAX_WORD) this.#word += bytes.toString("latin1", from, Math.min(end, from + MAX_WORD + 1));
    if (end < to) {
      this.#escaped = false;
      this.#endText();
      return end + 1;
    }
    this.#escaped = isEscaped(bytes, from, to, this.#escaped);
    return to;
  }

  #endText(): void {
    this.#inText = false;
    if (this.#afterColon) this.fields.takeText(this.#place, this.#key, this.#word);
    else this.#key = this.#word;
    this.#word = "";
  }

  #takeByte(byte: number): void {
    switch (byte) {
      case QUOTE:
        this.#inText = true;
        this.#word = "";
        return;
      case OPEN_BRACE:
        return this.#open(this.#depth === 0 ? "root" : this.#afterColon ? placeUnder(this.#place, this.#key) : "ignored");
      case OPEN_BRACKET:
        return this.#open("ignored");
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        this.#endNumber();
        this.#depth = Math.max(0, this.#depth - 1);
        this.#afterColon = false;
        return;
      case COLON:
        this.#afterColon = true;
        return;
      case COMMA:
        this.#endNumber();
        this.#afterColon = false;
        return;
      default:
        if (byte > 0x20 && this.#word.length <= MAX_WORD) this.#word += String.fromCharCode(byte);
    }
  }

  #open(place: Place): void {
    if (this.#depth < MAX_DEPTH) this.#places[this.#depth] = place;
    this.#depth += 1;
    this.#afterColon = false;
    this.#word = "";
  }

  #endNumber(): void {
    if (this.#afterColon && /^\d{1,15}$/.test(this.#word)) this.fields.takeNumber(this.#place, this.#key, Number(this.#word));
    this.#word = "";
  }
}

/** Where the text's closing quote stands; `to` where it does not yet. */
function endOfText(bytes: Buffer, from: number, to: number, escaped: boolean): number {
  const text = bytes.subarray(from, to);
  for (let quote = text.indexOf(QUOTE); quote !== -1; quote = text.indexOf(QUOTE, quote + 1)) {
    if (!isEscaped(bytes, from, from + quote, escaped)) return from + quote;
  }
  return to;
}

/** Whether what stands at `place` is escaped by backslashes from `from` on, or by one before them. */
function isEscaped(bytes: Buffer, from: number, place: number, escaped: boolean): boolean {
  let at = place;
  while (at > from && bytes[at - 1] === BACKSLASH) at -= 1;
  const count = place - at;
  // A backslash that was escaped by the bytes before escapes nothing itself.
  return (at === from && escaped ? count + 1 : count) % 2 === 1;
}
