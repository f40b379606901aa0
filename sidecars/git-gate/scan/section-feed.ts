import { once } from "node:events";
import type { Writable } from "node:stream";
import type { LinePiece } from "./line-pieces.ts";
import { MAX_PIECE } from "./line-pieces.ts";
import type { ScanLimits } from "./scan-limits.ts";
import { ScanError } from "./scan-limits.ts";
import type { PlaceIndex, ScanPlace } from "./scan-place.ts";

/**
 * The scanner reads its input in chunks that end, at the latest, 25,000 bytes after what one read gave it, and earlier only where
 * two line feeds follow each other. A window stays below that and is followed by two line feeds, and no other line is empty: so
 * no chunk ever ends inside a window, and what is found does not hang on how the pipe happened to be read.
 */
const WINDOW = 24_000;
/** Windows of one run overlap by this much: a secret up to this long is whole in one of them. */
const OVERLAP = 7_000;
/** No rule's pattern reaches across it from one run into the next. */
const BARRIER = Buffer.from("\u0001\n\n");
/** White space to the rules' patterns, but not to the scanner's search for a place to cut. */
const BLANK_LINE_FILL = Buffer.from("\f");
const LINE_FEED = Buffer.from("\n");
const BATCH = 64 * 1024;

type Limits = Pick<ScanLimits, "maxTextBytes" | "maxSections">;

/** Writes runs of lines into the scanner and remembers which of its input lines is which line of the push. */
export class SectionFeed {
  readonly #input: Writable;
  readonly #places: PlaceIndex;
  readonly #limits: Limits;
  #batch: Buffer[] = [];
  #batchBytes = 0;
  #totalBytes = 0;
  #inputLine = 1;
  #run: Run | null = null;

  constructor(input: Writable, places: PlaceIndex, limits: Limits) {
    this.#input = input;
    this.#places = places;
    this.#limits = limits;
    this.#put([Buffer.from("#"), BARRIER]);
  }

  /** Line of the scanner's input that is written next. */
  get inputLine(): number {
    return this.#inputLine;
  }

  /** Adds a piece of a line. Pieces that follow on one another, in place and in line, make one run. */
  add(place: ScanPlace, line: number, piece: LinePiece): void {
    if (this.#run !== null && !this.#run.continuesWith(place, line, piece)) this.endRun();
    this.#run ??= new Run(place);
    this.#run.add(line, piece);
    if (this.#run.bytes > WINDOW - 2 * piece.bytes.length - 64) {
      this.#write(this.#run);
      this.#run.keepOverlap();
    }
  }

  endRun(): void {
    const run = this.#run;
    this.#run = null;
    if (run?.hasNews === true) this.#write(run);
  }

  /** Waits until the scanner has taken most of what was written. */
  async drained(): Promise<void> {
    if (this.#batchBytes < BATCH) return;
    await this.flush();
  }

  async flush(): Promise<void> {
    const batch = Buffer.concat(this.#batch);
    this.#batch = [];
    this.#batchBytes = 0;
    if (this.#input.destroyed || this.#input.write(batch)) return;
    const over = new AbortController();
    const room = ["drain", "close"].map((event) => once(this.#input, event, { signal: over.signal }).catch(() => {}));
    await Promise.race(room);
    over.abort();
  }

  /** A line that is there as a whole. */
  addLine(place: ScanPlace, line: number, text: Buffer): void {
    for (let at = 0; at === 0 || at < text.length; at += MAX_PIECE)
      this.add(place, line, { bytes: text.subarray(at, at + MAX_PIECE), first: at === 0, last: at + MAX_PIECE >= text.length });
  }

  /** A text of its own: a path, a name. */
  addText(place: ScanPlace, line: number, text: Buffer): void {
    this.endRun();
    this.addLine(place, line, text);
    this.endRun();
  }

  #write(run: Run): void {
    if (this.#places.size >= this.#limits.maxSections) throw new ScanError("the push holds more pieces than one scan may take");
    this.#places.add(this.#inputLine, run.place, run.line);
    this.#put([...run.text(asSpace), BARRIER]);
    if (!run.hasNul) return;
    // UTF-16 and the like: without its zero bytes, Latin text is plain. Without them only, a token in binary would touch its neighbours.
    this.#places.add(this.#inputLine, run.place, run.line);
    this.#put([...run.text(dropped), BARRIER]);
  }

  #put(parts: readonly Buffer[]): void {
    for (const part of parts) {
      this.#batch.push(part);
      this.#batchBytes += part.length;
      this.#totalBytes += part.length;
      this.#inputLine += countLineFeeds(part);
    }
    if (this.#totalBytes > this.#limits.maxTextBytes) throw new ScanError("the push holds more text than one scan may take");
  }
}

interface Entry {
  readonly line: number;
  readonly piece: LinePiece;
}

/** Consecutive lines of one place, as far as they are not written yet, and the overlap that goes before them. */
class Run {
  readonly place: ScanPlace;
  #entries: Entry[] = [];
  #news = 0;
  bytes = 0;
  hasNul = false;

  constructor(place: ScanPlace) {
    this.place = place;
  }

  get line(): number {
    return this.#entries[0]?.line ?? 0;
  }

  get hasNews(): boolean {
    return this.#news > 0;
  }

  continuesWith(place: ScanPlace, line: number, piece: LinePiece): boolean {
    const last = this.#entries.at(-1);
    if (place !== this.place || last === undefined) return false;
    return piece.first ? last.piece.last && (line === last.line + 1 || line === 0) : line === last.line;
  }

  add(line: number, piece: LinePiece): void {
    this.#entries.push({ line, piece: { ...piece, bytes: Buffer.from(piece.bytes) } });
    this.#news += 1;
    this.bytes += piece.bytes.length + 2;
    this.hasNul ||= piece.bytes.includes(0);
  }

  *text(clean: (bytes: Buffer) => Buffer): Generator<Buffer> {
    let blank = true;
    for (const { piece } of this.#entries) {
      const bytes = clean(piece.bytes);
      blank &&= isBlank(bytes);
      yield bytes;
      if (!piece.last) continue;
      if (blank) yield BLANK_LINE_FILL;
      yield LINE_FEED;
      blank = true;
    }
    if (this.#entries.at(-1)?.piece.last === false) yield LINE_FEED;
  }

  keepOverlap(): void {
    let kept = this.#entries.length;
    let bytes = 0;
    while (kept > 0 && bytes < OVERLAP) {
      kept -= 1;
      bytes += (this.#entries[kept]?.piece.bytes.length ?? 0) + 2;
    }
    this.#entries = this.#entries.slice(kept);
    this.#news = 0;
    this.bytes = bytes;
    this.hasNul = this.#entries.some(({ piece }) => piece.bytes.includes(0));
  }
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 32 || byte === 9 || byte === 13);
}

function countLineFeeds(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) count += 1;
  return count;
}

function asSpace(bytes: Buffer): Buffer {
  if (!bytes.includes(0)) return bytes;
  return Buffer.from(bytes.map((byte) => (byte === 0 ? 32 : byte)));
}

function dropped(bytes: Buffer): Buffer {
  return bytes.includes(0) ? Buffer.from(bytes.filter((byte) => byte !== 0)) : bytes;
}
