/** Git's framing: four hex digits of length, themselves included, then the payload; 0000, 0001 and 0002 are marks without one. */
const HEADER = 4;
const MAX_PKT = 65_520;
const MARKS = new Set([0, 1, 2]);

export class PktLineError extends Error {
  override readonly name = "PktLineError";
}

export const FLUSH = Buffer.from("0000");

export function pktLine(payload: string | Buffer): Buffer {
  const body = Buffer.from(payload);
  if (body.length > MAX_PKT - HEADER) throw new PktLineError(`a payload of ${body.length} bytes does not fit a line`);
  return Buffer.concat([Buffer.from((body.length + HEADER).toString(16).padStart(HEADER, "0")), body]);
}

/** What a client prints as `fatal: remote error: …` in place of any advertisement or answer. */
export function errorLine(reason: string): Buffer {
  return pktLine(`ERR ${reason}\n`);
}

/** One unit of a stream: a payload, or a mark (0 is the flush). */
export type Pkt = { readonly payload: Buffer } | { readonly mark: number };

/** Cuts a stream into lines; throws on a length that no line can have, before anything more is buffered. */
export class PktLineReader {
  #pending: Buffer = Buffer.alloc(0);

  /** Lines that are complete now. */
  push(chunk: Buffer): Pkt[] {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const complete: Pkt[] = [];
    for (let next = this.#take(); next !== null; next = this.#take()) complete.push(next);
    return complete;
  }

  /** One line if it is complete; what follows it stays for `rest`. */
  next(chunk: Buffer): Pkt | null {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    return this.#take();
  }

  /** Bytes after the last line that was taken. */
  get rest(): Buffer {
    return this.#pending;
  }

  #take(): Pkt | null {
    if (this.#pending.length < HEADER) {
      if (!/^[0-9a-fA-F]*$/.test(this.#pending.toString("latin1"))) throw new PktLineError("a line's length is not a number");
      return null;
    }
    const length = lengthOf(this.#pending);
    const end = Math.max(length, HEADER);
    if (this.#pending.length < end) return null;
    const payload = this.#pending.subarray(HEADER, end);
    this.#pending = this.#pending.subarray(end);
    return MARKS.has(length) ? { mark: length } : { payload };
  }
}

function lengthOf(line: Buffer): number {
  const digits = line.toString("latin1", 0, HEADER);
  if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new PktLineError("a line's length is not a number");
  const length = Number.parseInt(digits, 16);
  if (length > MAX_PKT || length === 3) throw new PktLineError(`a line cannot have the length ${length}`);
  return length;
}
