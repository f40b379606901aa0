const PERCENT = 0x25;

/** Takes percent codes out of text that comes in parts, one level; a percent sign that begins none stays. */
export class PercentReader {
  /** A code that the last part ended in, with its sign. */
  #begun = "";

  get open(): boolean {
    return this.#begun !== "";
  }

  /** The same buffer where nothing in it is coded. */
  read(bytes: Buffer): Buffer {
    const whole = this.#begun === "" ? bytes : Buffer.concat([Buffer.from(this.#begun, "latin1"), bytes]);
    this.#begun = "";
    let next = whole.indexOf(PERCENT);
    if (next === -1) return whole;
    const out = Buffer.allocUnsafe(whole.length);
    let length = 0;
    let at = 0;
    for (; next !== -1; next = whole.indexOf(PERCENT, at)) {
      length += whole.copy(out, length, at, next);
      if (next + 2 >= whole.length) {
        this.#begun = whole.toString("latin1", next);
        return out.subarray(0, length);
      }
      const code = hexValue(whole[next + 1] as number) * 16 + hexValue(whole[next + 2] as number);
      out[length] = code >= 0 ? code : PERCENT;
      length += 1;
      at = next + (code >= 0 ? 3 : 1);
    }
    length += whole.copy(out, length, at);
    return out.subarray(0, length);
  }

  end(): void {
    this.#begun = "";
  }
}

/** Whether a code stands or may begin in these bytes. */
export function holdsCode(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(PERCENT); at !== -1; at = bytes.indexOf(PERCENT, at + 1)) {
    if (at + 2 >= bytes.length || hexValue(bytes[at + 1] as number) * 16 + hexValue(bytes[at + 2] as number) >= 0) return true;
  }
  return false;
}

const NO_DIGIT = -1000;

function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : NO_DIGIT;
}
