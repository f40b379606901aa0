import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, unlinkSync, writeSync } from "node:fs";
import { basename } from "node:path";

const NAME = /^(\d{16})\.jsonl$/;

/** File name of the segment whose first event has this number; sorts as the numbers do. */
export function segmentName(firstSeq: number): string {
  return `${String(firstSeq).padStart(16, "0")}.jsonl`;
}

/** The number in a segment's file name; null for any other file. */
export function segmentFirstSeq(name: string): number | null {
  const digits = NAME.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** One file of the journal: a JSON line per event, numbered without gaps from `first`. */
export class JournalSegment implements Disposable {
  readonly path: string;
  readonly first: number;
  #count: number;
  #bytes: number;
  #file: number;

  private constructor(path: string, file: number, first: number, kept: { count: number; bytes: number }) {
    this.path = path;
    this.first = first;
    this.#file = file;
    this.#count = kept.count;
    this.#bytes = kept.bytes;
  }

  /** Opens or makes the file; what follows the last whole line was being written when the process died and is cut off. */
  static open(path: string): JournalSegment {
    const first = segmentFirstSeq(basename(path));
    if (first === null) throw new Error(`not a journal segment: ${basename(path)}`);
    const file = openSync(path, "a+", 0o600);
    const kept = wholeLines(readFileSync(path), first);
    if (fstatSync(file).size > kept.bytes) ftruncateSync(file, kept.bytes);
    return new JournalSegment(path, file, first, kept);
  }

  /** Number of the last event; `first - 1` when there is none yet. */
  get last(): number {
    return this.first + this.#count - 1;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Appends whole lines or nothing: a full disk must not leave half a line in the middle. */
  append(lines: readonly string[]): void {
    const block = Buffer.from(`${lines.join("\n")}\n`);
    try {
      for (let written = 0; written < block.length; ) written += writeSync(this.#file, block, written);
    } catch (error) {
      ftruncateSync(this.#file, this.#bytes);
      throw error;
    }
    this.#bytes += block.length;
    this.#count += lines.length;
  }

  sync(): void {
    fsyncSync(this.#file);
  }

  /** The lines of events after `after`. */
  linesAfter(after: number): string[] {
    const lines = readFileSync(this.path, "utf8").split("\n");
    return lines.slice(Math.max(0, after - this.first + 1), this.#count);
  }

  remove(): void {
    this[Symbol.dispose]();
    unlinkSync(this.path);
  }

  [Symbol.dispose](): void {
    if (this.#file === -1) return;
    closeSync(this.#file);
    this.#file = -1;
  }
}

/** How much of a file is lines that carry the numbers they should. */
function wholeLines(content: Buffer, first: number): { count: number; bytes: number } {
  let count = 0;
  let bytes = 0;
  for (let end = content.indexOf(10); end !== -1; end = content.indexOf(10, bytes)) {
    if (seqOf(content.toString("utf8", bytes, end)) !== first + count) break;
    count += 1;
    bytes = end + 1;
  }
  return { count, bytes };
}

function seqOf(line: string): number | null {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === "object" && parsed !== null && "seq" in parsed && typeof parsed.seq === "number" ? parsed.seq : null;
  } catch {
    return null;
  }
}
