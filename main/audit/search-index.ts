import type { FileHandle } from "node:fs/promises";
import { stat } from "node:fs/promises";
import type { AuditEntry } from "#common/domain/audit.ts";
import type { Slug } from "#common/domain/names.ts";
import { linesOf, openIfThere, parseEntry } from "./entry-lines.ts";
import { logFiles } from "./log-files.ts";
import { searchText } from "./search-text.ts";

export interface AuditSearch {
  /** Words that must all be there. */
  readonly text: string;
  /** Null: over all bottles. */
  readonly slug: Slug | null;
  readonly component: AuditEntry["component"] | null;
  /** ISO times; `until` itself is in. */
  readonly since: string | null;
  readonly until: string | null;
  readonly offset: number;
  readonly limit: number;
}

export interface FoundEntries {
  readonly entries: AuditEntry[];
  readonly total: number;
}

/** A file is put aside once in megabytes. */
const MAX_TRIES = 5;

/** One file as far as it is indexed; rotation gives it another path and keeps its inode. */
interface IndexedFile {
  readonly inode: number;
  path: string;
  end: number;
}

interface IndexedEntry {
  readonly slug: Slug;
  readonly component: AuditEntry["component"];
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly index: number;
  readonly text: string;
  readonly file: IndexedFile;
  readonly offset: number;
  readonly length: number;
}

/**
 * What is searched of every entry, in memory; whole entries are read from their files when they are shown, because before and
 * after are most of a log. Logs only grow, so bringing it up to date reads what was added.
 */
export class SearchIndex {
  readonly #folderOf: (slug: Slug) => string;
  readonly #files = new Map<Slug, IndexedFile[]>();
  #entries: IndexedEntry[] = [];
  #updating: Promise<void> = Promise.resolve();

  constructor(folderOf: (slug: Slug) => string) {
    this.#folderOf = folderOf;
  }

  async search(search: AuditSearch, slugs: readonly Slug[], tries = 1): Promise<FoundEntries> {
    const updated = this.#updating.then(() => this.#update(slugs));
    this.#updating = updated.catch(() => undefined);
    await updated;
    const found = this.#entries.filter(matcher(search));
    const entries = await readEntries(found.slice(search.offset, search.offset + search.limit));
    return entries === null && tries < MAX_TRIES ? this.search(search, slugs, tries + 1) : { entries: entries ?? [], total: found.length };
  }

  async #update(slugs: readonly Slug[]): Promise<void> {
    const added: IndexedEntry[] = [];
    for (const slug of slugs) added.push(...(await this.#updateOne(slug)));
    if (added.length === 0) return;
    this.#entries = [...this.#entries, ...added].sort((a, b) => b.time - a.time || b.index - a.index);
  }

  async #updateOne(slug: Slug): Promise<IndexedEntry[]> {
    const known = this.#files.get(slug) ?? [];
    const current: IndexedFile[] = [];
    const added: IndexedEntry[] = [];
    for (const path of await logFiles(this.#folderOf(slug))) {
      const status = await stat(path).catch(() => null);
      if (status === null) continue;
      const file = known.find(({ inode, end }) => inode === status.ino && end <= status.size) ?? { inode: status.ino, path, end: 0 };
      file.path = path;
      current.push(file);
      if (file.end < status.size) for await (const entry of indexLines(slug, file)) added.push(entry);
    }
    const gone = new Set(known.filter((file) => !current.includes(file)));
    if (gone.size > 0) this.#entries = this.#entries.filter(({ file }) => !gone.has(file));
    this.#files.set(slug, current);
    return added;
  }
}

async function* indexLines(slug: Slug, file: IndexedFile): AsyncGenerator<IndexedEntry> {
  const handle = await openIndexed(file);
  if (handle === null) return;
  try {
    for await (const { offset, length, text } of linesOf(handle, file.end)) {
      file.end = offset + length + 1;
      const entry = parseEntry(text);
      if (entry === null) continue;
      const { component, index } = entry;
      yield { slug, component, time: Date.parse(entry.time), index, text: searchText(entry), file, offset, length };
    }
  } finally {
    await handle.close();
  }
}

/** Null where another file has its name by now: it was put aside, and the next update knows where. */
async function openIndexed({ path, inode }: IndexedFile): Promise<FileHandle | null> {
  const handle = await openIfThere(path);
  if (handle === null || (await handle.stat()).ino === inode) return handle;
  await handle.close();
  return null;
}

function matcher({ text, slug, component, since, until }: AuditSearch): (entry: IndexedEntry) => boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const from = since === null ? Number.NEGATIVE_INFINITY : Date.parse(since);
  const to = until === null ? Number.POSITIVE_INFINITY : Date.parse(until);
  return (entry) =>
    (slug === null || entry.slug === slug) &&
    (component === null || entry.component === component) &&
    entry.time >= from &&
    entry.time <= to &&
    words.every((word) => entry.text.includes(word));
}

/** Null where a file is not where it was when it was indexed. */
async function readEntries(page: readonly IndexedEntry[]): Promise<AuditEntry[] | null> {
  const read = new Map<IndexedEntry, AuditEntry>();
  for (const file of new Set(page.map((entry) => entry.file))) {
    const handle = await openIndexed(file);
    if (handle === null) return null;
    try {
      for (const entry of page.filter((each) => each.file === file)) {
        const { buffer } = await handle.read(Buffer.alloc(entry.length), 0, entry.length, entry.offset);
        const parsed = parseEntry(buffer.toString("utf8"));
        if (parsed !== null) read.set(entry, parsed);
      }
    } finally {
      await handle.close();
    }
  }
  return page.flatMap((entry) => read.get(entry) ?? []);
}
