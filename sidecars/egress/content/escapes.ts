const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
const LETTER_X = 0x78;
const NOT_LATIN = 0xff;

const NO_MEANING = -1;
/** What letters after a backslash mean in JSON and most languages. */
const MEANINGS = new Int16Array(256).fill(NO_MEANING);
for (const [letter, meaning] of Object.entries({ n: 10, r: 13, t: 9, b: 8, f: 12, v: 11, 0: 0 })) MEANINGS[letter.charCodeAt(0)] = meaning;
for (const same of "\"'/`") MEANINGS[same.charCodeAt(0)] = same.charCodeAt(0);

/**
 * Takes escapes back out of text that comes in parts, however deeply strings lie in strings: `\"`, `\\\"`, `\n`, `\u0041` and `\x41`
 * become what they stand for. A backslash that escapes nothing stays.
 */
export class EscapeReader {
  #state: "text" | "backslashes" | "digits" = "text";
  #digits = "";
  #wanted = 0;

  /** Whether what was fed ends within an escape. */
  get open(): boolean {
    return this.#state !== "text";
  }

  /** The same buffer where nothing in it is escaped. */
  read(bytes: Buffer): Buffer {
    const first = this.#state === "text" ? bytes.indexOf(BACKSLASH) : 0;
    if (first === -1) return bytes;
    const out = new Output(bytes.length + 8);
    out.copy(bytes, 0, first);
    let at = first;
    while (at < bytes.length) {
      if (this.#state === "text") {
        const next = bytes.indexOf(BACKSLASH, at);
        const end = next === -1 ? bytes.length : next;
        out.copy(bytes, at, end);
        const meaning = end + 1 < bytes.length ? (MEANINGS[bytes[end + 1] as number] as number) : NO_MEANING;
        if (meaning !== NO_MEANING) {
          out.put(meaning);
          at = end + 2;
          continue;
        }
        at = end + 1;
        if (next !== -1) this.#state = "backslashes";
      } else {
        this.#escaped(bytes[at] as number, out);
        at += 1;
      }
    }
    return out.done();
  }

  /** Nothing follows; an escape that was not completed means nothing. */
  end(): void {
    this.#state = "text";
    this.#digits = "";
  }

  #escaped(byte: number, out: Output): void {
    if (this.#state === "digits") return this.#digit(byte, out);
    if (byte === BACKSLASH) return;
    if (byte === LETTER_U || byte === LETTER_X) {
      this.#state = "digits";
      this.#digits = "";
      this.#wanted = byte === LETTER_U ? 4 : 2;
      return;
    }
    this.#state = "text";
    const meaning = MEANINGS[byte] as number;
    if (meaning === NO_MEANING) out.put(BACKSLASH);
    out.put(meaning === NO_MEANING ? byte : meaning);
  }

  #digit(byte: number, out: Output): void {
    const digit = String.fromCharCode(byte);
    if (!/[0-9a-f]/i.test(digit)) {
      this.#state = byte === BACKSLASH ? "backslashes" : "text";
      out.put(this.#wanted === 4 ? LETTER_U : LETTER_X);
      for (const read of this.#digits) out.put(read.charCodeAt(0));
      if (byte !== BACKSLASH) out.put(byte);
      return;
    }
    this.#digits += digit;
    if (this.#digits.length < this.#wanted) return;
    const code = Number.parseInt(this.#digits, 16);
    out.put(code > 0xff ? NOT_LATIN : code);
    this.#state = "text";
  }
}

class Output {
  readonly #bytes: Buffer;
  #length = 0;

  constructor(most: number) {
    this.#bytes = Buffer.allocUnsafe(most);
  }

  copy(from: Buffer, start: number, end: number): void {
    // Most stretches between escapes are shorter than what a call of copy costs.
    if (end - start > 32) this.#length += from.copy(this.#bytes, this.#length, start, end);
    else {
      let length = this.#length;
      for (let at = start; at < end; at += 1) this.#bytes[length++] = from[at] as number;
      this.#length = length;
    }
  }

  put(byte: number): void {
    this.#bytes[this.#length] = byte;
    this.#length += 1;
  }

  done(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}
