import { open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Slug } from "#common/domain/names.ts";
import { NumberedEvent } from "#common/wire/control.ts";
import { withFileLock } from "../platform/file-lock.ts";
import type { HomePaths } from "../platform/home.ts";
import { appendJsonLines, readJsonLines } from "../platform/json-lines.ts";

const MAX_BYTES = 4 * 1024 * 1024;
const KEPT_FILES = 4;
const TAIL_BYTES = 64 * 1024;

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
    const files = await this.#files(slug);
    const parts: NumberedEvent[] = [];
    for (const file of files) {
      for (const event of await readJsonLines(file, NumberedEvent)) if (event.seq > since) parts.push(event);
    }
    return parts;
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

/** Sequence number of the last whole line; null when the tail holds none. */
async function readTail(file: string, size: number): Promise<number | null> {
  const handle = await open(file, "r");
  try {
    const length = Math.min(size, TAIL_BYTES);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    const lines = buffer.toString("utf8").split("\n").reverse();
    for (const line of lines) {
      const parsed = parseSeq(line);
      if (parsed !== null) return parsed;
    }
    return null;
  } finally {
    await handle.close();
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
