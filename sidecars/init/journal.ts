import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { BundleEvent } from "#common/wire/control.ts";
import { syncFolder } from "../kit/atomic-file.ts";
import { log, messageOf } from "../kit/log.ts";
import { JournalSegment, segmentFirstSeq, segmentName } from "./journal-segment.ts";

export interface JournalLimits {
  readonly segmentBytes: number;
  /** Oldest segments beyond this are dropped, and a `dropped` event says how many events nobody had fetched. */
  readonly segments: number;
  /** Newest lines kept in memory for clients that keep up. */
  readonly tailLines: number;
}

export const DEFAULT_JOURNAL_LIMITS: JournalLimits = { segmentBytes: 1024 * 1024, segments: 16, tailLines: 512 };

/** Events as JSON text, and the number of the last of them. */
export interface JournalBatch {
  readonly lines: readonly string[];
  readonly last: number;
}

/**
 * What happened in the bundle, numbered without gaps from 1, on disk in bounded segments (D6). Survives kill -9. Only
 * `append` with `durable` waits for the disk: an egress decision is not worth a sync, an operator's decision is.
 */
export class Journal implements Disposable {
  readonly #folder: string;
  readonly #limits: JournalLimits;
  readonly #now: () => Date;
  readonly #waiting = new Set<() => void>();
  #segments: JournalSegment[];
  #tail: string[] = [];
  #acked: number;
  #lost = 0;

  private constructor(folder: string, limits: JournalLimits, now: () => Date, segments: JournalSegment[]) {
    this.#folder = folder;
    this.#limits = limits;
    this.#now = now;
    this.#segments = segments;
    this.#acked = this.#oldest.first - 1;
  }

  static open(folder: string, limits: JournalLimits = DEFAULT_JOURNAL_LIMITS, now: () => Date = () => new Date()): Journal {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return new Journal(folder, limits, now, openSegments(folder));
  }

  get lastSeq(): number {
    return this.#newest.last;
  }

  get firstSeq(): number {
    return this.#oldest.first;
  }

  /** The number that the next appended event gets: whatever has to come before it is written now. */
  nextSeq(): number {
    if (this.#newest.bytes >= this.#limits.segmentBytes) this.#roll();
    return this.lastSeq + 1;
  }

  /** Throws when the disk refuses, and then nothing is appended. */
  append(events: readonly BundleEvent[], options: { readonly durable: boolean }): void {
    if (events.length === 0) return;
    this.nextSeq();
    this.#write(events);
    if (options.durable) this.#newest.sync();
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  /** For events that may be lost on a full disk rather than stop what they report on: their number is told later. */
  appendOrCount(events: readonly BundleEvent[]): void {
    try {
      if (this.#lost > 0) this.append([{ type: "dropped", count: this.#lost }], { durable: false });
      this.#lost = 0;
      this.append(events, { durable: false });
    } catch (error) {
      if (this.#lost === 0) log("error", "journal-not-written", { reason: messageOf(error) });
      this.#lost += events.length;
    }
  }

  /** Events after `after`, oldest kept first, at most about `maxBytes` of them; null when there are none. */
  read(after: number, maxBytes: number): JournalBatch | null {
    const from = Math.max(after, this.firstSeq - 1);
    if (from >= this.lastSeq) return null;
    const lines = bounded(this.#linesAfter(from), maxBytes);
    return { lines, last: from + lines.length };
  }

  /** Resolves at the next append, or when `signal` aborts. */
  async appended(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const woken = Promise.withResolvers<void>();
    const wake = (): void => woken.resolve();
    this.#waiting.add(wake);
    signal.addEventListener("abort", wake, { once: true });
    await woken.promise;
    signal.removeEventListener("abort", wake);
    this.#waiting.delete(wake);
  }

  /** Events up to `seq` are kept elsewhere: whole segments of them go. */
  acknowledge(seq: number): void {
    this.#acked = Math.max(this.#acked, Math.min(seq, this.lastSeq));
    while (this.#segments.length > 1 && this.#oldest.last <= this.#acked) this.#segments.shift()?.remove();
  }

  [Symbol.dispose](): void {
    for (const segment of this.#segments) segment[Symbol.dispose]();
  }

  get #oldest(): JournalSegment {
    return this.#segments[0] as JournalSegment;
  }

  get #newest(): JournalSegment {
    return this.#segments.at(-1) as JournalSegment;
  }

  #write(events: readonly BundleEvent[]): void {
    const time = this.#now().toISOString();
    const next = this.lastSeq + 1;
    const lines = events.map((event, index) => `{"seq":${next + index},"time":"${time}","event":${JSON.stringify(event)}}`);
    this.#newest.append(lines);
    this.#tail = [...this.#tail, ...lines].slice(-this.#limits.tailLines);
  }

  #roll(): void {
    this.#newest.sync();
    this.#segments.push(JournalSegment.open(join(this.#folder, segmentName(this.lastSeq + 1))));
    syncFolder(this.#folder);
    let unfetched = 0;
    while (this.#segments.length > this.#limits.segments) {
      unfetched += Math.max(0, this.#oldest.last - Math.max(this.#acked, this.#oldest.first - 1));
      this.#segments.shift()?.remove();
    }
    if (unfetched > 0) this.#write([{ type: "dropped", count: unfetched }]);
  }

  #linesAfter(from: number): string[] {
    const tailFirst = this.lastSeq - this.#tail.length + 1;
    if (from + 1 >= tailFirst) return this.#tail.slice(from + 1 - tailFirst);
    const segment = this.#segments.find(({ last }) => last > from);
    return segment?.linesAfter(from) ?? [];
  }
}

function openSegments(folder: string): JournalSegment[] {
  const firsts = readdirSync(folder).flatMap((name) => segmentFirstSeq(name) ?? []);
  const segments = firsts.sort((a, b) => a - b).map((first) => JournalSegment.open(join(folder, segmentName(first))));
  return joined(segments, folder);
}

/** Numbers run on from segment to segment; after damage only what follows the last gap can be replayed. */
function joined(segments: JournalSegment[], folder: string): JournalSegment[] {
  const newest = segments.at(-1);
  if (newest === undefined) return [JournalSegment.open(join(folder, segmentName(1)))];
  const kept = [newest];
  for (const segment of segments.slice(0, -1).reverse()) {
    if (segment.last + 1 === kept[0]?.first) kept.unshift(segment);
    else segment.remove();
  }
  return kept;
}

function bounded(lines: readonly string[], maxBytes: number): string[] {
  const taken: string[] = [];
  let size = 0;
  for (const line of lines) {
    size += line.length;
    if (taken.length > 0 && size > maxBytes) break;
    taken.push(line);
  }
  return taken;
}
