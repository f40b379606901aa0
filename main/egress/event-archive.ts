import { open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Slug } from "#common/domain/names.ts";
import { NumberedEvent } from "#common/wire/control.ts";
import { withFileLock } from "../platform/file-lock.ts";
import type { HomePaths } from "../platform/home.ts";
import { appendJsonLines, parseJsonLines, readJsonLines } from "../platform/json-lines.ts";

const MAX_BYTES = 4 * 1024 * 1024;
const KEPT_FILES = 4;
const TAIL_BYTES = 64 * 1024;

/** How far a reader has come: the newest file, and where its last whole line ended. */
export interface ArchivePlace {
  readonly file: string;
  readonly end: number;
  readonly seq: number;
}

/**
 * What happened in each bottle, kept in `state/<slug>/<file>` (EGR-7). Every connected client offers every event; the lock
 * and the sequence numbers make that one record without repeats, whoever comes first.
 */
export class EventArchive {
  readonly #home: HomePaths;
  readonly #maxBytes: number;
  readonly #name: string;
  /** Last archived number per file size, so that a quiet file is not read again. */
  readonly #known = new Map<Slug, { readonly size: number; readonly seq: number }>();

  constructor(home: HomePaths, maxBytes = MAX_BYTES, name = "decisions") {
    this.#home = home;
    this.#maxBytes = maxBytes;
    this.#name = name;
  }

  /** Appends what is not archived yet; durable when it resolves. Returns the events that were new. */
  append(slug: Slug, events: readonly NumberedEvent[]): Promise<readonly NumberedEvent[]> {
    return withFileLock(this.#home.bottleState(slug), `archive-${this.#name}`, async () => {
      const last = await this.lastSeq(slug);
      const fresh = events.filter(({ seq }) => seq > last);
      if (fresh.length === 0) return [];
      await this.#rotate(slug);
      await appendJsonLines(this.#file(slug), fresh);
      this.#known.set(slug, { size: (await stat(this.#file(slug))).size, seq: fresh.at(-1)?.seq ?? last });
      return fresh;
    });
  }

  /** The number of the newest archived event; 0 when there is none. */
  async lastSeq(slug: Slug): Promise<number> {
    const size = (await stat(this.#file(slug)).catch(() => null))?.size ?? 0;
    const known = this.#known.get(slug);
    if (known !== undefined && known.size === size) return known.seq;
    const seq = size === 0 ? await this.#rotatedSeq(slug) : ((await readTail(this.#file(slug), size)) ?? (await this.#rotatedSeq(slug)));
    this.#known.set(slug, { size, seq });
    return seq;
  }

  /** Archived events after `since`, oldest first, as far back as they are kept. */
  async read(slug: Slug, since = 0): Promise<NumberedEvent[]> {
    const parts: NumberedEvent[][] = [];
    for (const file of (await this.#files(slug)).reverse()) {
      const events = await readJsonLines(file, NumberedEvent);
      parts.unshift(events.filter(({ seq }) => seq > since));
      // Older files hold older events only.
      if (events.some(({ seq }) => seq <= since)) break;
    }
    return parts.flat();
  }

  /** The newest events, oldest first, from as few files as hold `wanted` of one type. */
  async newest(slug: Slug, type: NumberedEvent["event"]["type"], wanted: number): Promise<NumberedEvent[]> {
    const parts: NumberedEvent[][] = [];
    let found = 0;
    for (const file of (await this.#files(slug)).reverse()) {
      if (found >= wanted) break;
      const events = await readJsonLines(file, NumberedEvent);
      parts.unshift(events);
      found += events.filter(({ event }) => event.type === type).length;
    }
    return parts.flat();
  }

  /** What came after `place`, and where the next reading begins; null where nothing is kept at all. */
  async readOn(slug: Slug, place: ArchivePlace | null): Promise<{ events: NumberedEvent[]; place: ArchivePlace } | null> {
    const now = await identityOf(this.#file(slug));
    if (now === null && (await this.#files(slug)).length === 0) return null;
    if (now !== null && place !== null && now.file === place.file && now.size >= place.end) {
      const { text, end } = await readWholeLines(this.#file(slug), place.end, now.size);
      const events = parseJsonLines(text, NumberedEvent).filter(({ seq }) => seq > place.seq);
      return { events, place: { file: now.file, end, seq: events.at(-1)?.seq ?? place.seq } };
    }
    const events = await this.read(slug, place?.seq ?? 0);
    // From its beginning next time, if it came meanwhile: what is read twice is told apart by its number.
    return { events, place: { file: now?.file ?? "", end: 0, seq: events.at(-1)?.seq ?? place?.seq ?? 0 } };
  }

  /** Forgets a bottle's events; its audit log is another file and stays. */
  async forget(slug: Slug): Promise<void> {
    for (const file of await this.#files(slug)) await rm(file, { force: true });
    this.#known.delete(slug);
  }

  #file(slug: Slug): string {
    return join(this.#home.bottleState(slug), `${this.#name}.jsonl`);
  }

  /** Oldest first. */
  async #files(slug: Slug): Promise<string[]> {
    const folder = this.#home.bottleState(slug);
    const file = `${this.#name}.jsonl`;
    const age = (name: string) => (name === file ? 0 : Number(/^\.(\d+)$/.exec(name.slice(file.length))?.[1] ?? Number.NaN));
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith(file) && !Number.isNaN(age(name)));
    return names.sort((a, b) => age(b) - age(a)).map((name) => join(folder, name));
  }

  async #rotatedSeq(slug: Slug): Promise<number> {
    const events = await readJsonLines(`${this.#file(slug)}.1`, NumberedEvent);
    return events.at(-1)?.seq ?? 0;
  }

  async #rotate(slug: Slug): Promise<void> {
    const file = this.#file(slug);
    if (((await stat(file).catch(() => null))?.size ?? 0) < this.#maxBytes) return;
    await rm(`${file}.${KEPT_FILES - 1}`, { force: true });
    for (let age = KEPT_FILES - 2; age >= 1; age--) await rename(`${file}.${age}`, `${file}.${age + 1}`).catch(() => undefined);
    await rename(file, `${file}.1`);
  }
}

/** Which file it is, whatever it is called now: rotation renames it, and a number is used again once a file is gone. */
async function identityOf(file: string): Promise<{ file: string; size: number } | null> {
  const found = await stat(file).catch(() => null);
  return found === null ? null : { file: `${found.ino} ${found.birthtimeMs}`, size: found.size };
}

async function readWholeLines(file: string, from: number, to: number): Promise<{ text: string; end: number }> {
  await using handle = await open(file, "r");
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(to - from), 0, to - from, from);
  const length = buffer.subarray(0, bytesRead).lastIndexOf(0x0a) + 1;
  return { text: buffer.toString("utf8", 0, length), end: from + length };
}

/** Sequence number of the last whole line, however long it is; null where there is none. */
async function readTail(file: string, size: number): Promise<number | null> {
  await using handle = await open(file, "r");
  for (let length = Math.min(size, TAIL_BYTES); ; length = Math.min(size, length * 8)) {
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    for (const line of buffer.toString("utf8").split("\n").reverse()) {
      const parsed = parseSeq(line);
      if (parsed !== null) return parsed;
    }
    if (length === size) return null;
  }
}

function parseSeq(line: string): number | null {
  try {
    const parsed = NumberedEvent.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data.seq : null;
  } catch {
    return null;
  }
}
