import type { ObjectId } from "#common/domain/git.ts";
import type { LinePiece } from "./line-pieces.ts";
import { LinePieces } from "./line-pieces.ts";
import type { PatchFile } from "./patch-file.ts";
import { PatchFileHeader, readAddedFile } from "./patch-file.ts";
import { ScanError } from "./scan-limits.ts";

/** What `git log --patch` or `git diff` tells, in its order. */
export type PatchEvent =
  | { readonly kind: "commit"; readonly id: ObjectId }
  | { readonly kind: "file"; readonly file: PatchFile }
  /** The file is not shown as lines: binary, big, or hidden by an attribute. */
  | { readonly kind: "unshown" }
  | { readonly kind: "hunk"; readonly heading: string }
  /** `sign` is `+` where no parent has the line, `-` where the result lacks it; `line` counts in the result. */
  | { readonly kind: "line"; readonly sign: "+" | "-" | " "; readonly line: number; readonly piece: LinePiece };

const MAX_HEADER = 64 * 1024;

/**
 * Reads a patch strictly by its own counts, so that nothing inside a file can pass for a header, and refuses what it does not
 * understand: a line that were skipped would be a line that nobody scanned.
 */
export class PatchReader {
  readonly #lines = new LinePieces();
  #header: PatchFileHeader | null = null;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #hunk: Hunk | null = null;

  *push(chunk: Buffer): Generator<PatchEvent> {
    for (const piece of this.#lines.push(chunk)) yield* this.#read(piece);
  }

  *end(): Generator<PatchEvent> {
    for (const piece of this.#lines.end()) yield* this.#read(piece);
    if (this.#hunk !== null) throw new ScanError("git's answer ended in the middle of a file");
    yield* this.#closeHeader();
  }

  *#read(piece: LinePiece): Generator<PatchEvent> {
    if (this.#hunk !== null) {
      yield this.#hunk.read(piece);
      if (this.#hunk.isOver) this.#hunk = null;
      return;
    }
    this.#held.push(piece.bytes);
    this.#heldBytes += piece.bytes.length;
    if (this.#heldBytes > MAX_HEADER) throw new ScanError("git's answer holds a header line that is too long");
    if (!piece.last) return;
    const line = Buffer.concat(this.#held).toString("latin1");
    this.#held = [];
    this.#heldBytes = 0;
    yield* this.#readLine(line);
  }

  *#readLine(line: string): Generator<PatchEvent> {
    if (line === "" || line.startsWith("\\ ")) return;
    if (line.startsWith("@@")) {
      yield* this.#closeHeader();
      this.#hunk = new Hunk(line);
      yield { kind: "hunk", heading: line };
      if (this.#hunk.isOver) this.#hunk = null;
    } else if (line.startsWith("diff --")) {
      yield* this.#closeHeader();
      this.#header = understood(() => new PatchFileHeader(line));
    } else if (line.startsWith(":")) {
      yield { kind: "file", file: understood(() => readAddedFile(line)) };
      yield { kind: "unshown" };
    } else if (line.startsWith("commit ")) {
      yield* this.#closeHeader();
      yield { kind: "commit", id: line.slice("commit ".length) };
    } else if (line.startsWith("Binary files ") && line.endsWith("differ")) {
      yield* this.#closeHeader();
      yield { kind: "unshown" };
    } else if (!understood(() => this.#header?.read(line) ?? false)) {
      throw new ScanError("git's answer holds a line that is not understood");
    }
  }

  *#closeHeader(): Generator<PatchEvent> {
    const header = this.#header;
    this.#header = null;
    if (header !== null) yield { kind: "file", file: understood(() => header.file) };
  }
}

/** A hunk of one or, in a merge, several parents: it is over when every side has as many lines as its heading says. */
class Hunk {
  readonly #remaining: number[];
  readonly #parents: number;
  #line: number;
  #prefix = "";

  constructor(heading: string) {
    const sides = /^(@@+) ((?:-\d+(?:,\d+)? )+)\+(\d+)(?:,(\d+))? \1/.exec(heading);
    if (sides === null) throw new ScanError("git's answer holds a hunk that is not understood");
    const olds = (sides[2] ?? "").trim().split(" ");
    this.#parents = olds.length;
    this.#remaining = [...olds.map((side) => Number(side.split(",")[1] ?? 1)), Number(sides[4] ?? 1)];
    this.#line = Number(sides[3]);
    if (sides[1]?.length !== this.#parents + 1) throw new ScanError("git's answer holds a hunk that is not understood");
  }

  get isOver(): boolean {
    return this.#prefix === "" && this.#remaining.every((count) => count === 0);
  }

  read(piece: LinePiece): PatchEvent {
    let { bytes } = piece;
    if (piece.first) {
      this.#prefix = bytes.subarray(0, this.#parents).toString("latin1");
      bytes = bytes.subarray(this.#parents);
    }
    const prefix = this.#prefix;
    const line = this.#line;
    if (piece.last) this.#count();
    return { kind: "line", sign: signOf(prefix, this.#parents), line, piece: { ...piece, bytes } };
  }

  #count(): void {
    const prefix = this.#prefix;
    this.#prefix = "";
    if (prefix.startsWith("\\")) return;
    const lost = prefix.includes("-");
    for (let side = 0; side < this.#parents; side += 1) if (prefix[side] === (lost ? "-" : " ")) this.#take(side);
    if (lost) return;
    this.#take(this.#parents);
    this.#line += 1;
  }

  #take(side: number): void {
    const left = this.#remaining[side] ?? 0;
    if (left === 0) throw new ScanError("git's answer holds more lines than it announced");
    this.#remaining[side] = left - 1;
  }
}

function signOf(prefix: string, parents: number): "+" | "-" | " " {
  if (prefix.startsWith("\\")) return " ";
  if (!/^[ +-]+$/.test(prefix) || prefix.length !== parents) throw new ScanError("git's answer holds a line that is not understood");
  if (prefix.includes("-")) return "-";
  return prefix.includes(" ") ? " " : "+";
}

function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) throw new ScanError("git's answer holds a path that is not understood");
    throw error;
  }
}
