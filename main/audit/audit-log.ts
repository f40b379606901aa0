import { readdir } from "node:fs/promises";
import type { AuditEntry } from "#common/domain/audit.ts";
import { Slug } from "#common/domain/names.ts";
import type { AuditVerdict } from "#common/ipc/audit-methods.ts";
import type { Clock } from "../platform/clock.ts";
import { timestamp } from "../platform/clock.ts";
import { withFileLock } from "../platform/file-lock.ts";
import type { HomePaths } from "../platform/home.ts";
import { CHAIN_START, checkChain, hashEntry } from "./chain.ts";
import { appendLine, parseEntry } from "./entry-lines.ts";
import { currentFile, rotate } from "./log-files.ts";
import { LogHeads } from "./log-heads.ts";
import { readLog } from "./log-lines.ts";
import { LogTail } from "./log-tail.ts";
import type { AuditSearch, FoundEntries } from "./search-index.ts";
import { SearchIndex } from "./search-index.ts";

const MAX_BYTES = 4 * 1024 * 1024;

/** What is to be recorded; place in the chain, time and hash are the log's. */
export type AuditRecord = Omit<AuditEntry, "index" | "time" | "previous" | "hash">;

/** The append-only, hash-chained record of what was decided for each bottle (SUP-7); it outlives the bottle. */
export class AuditLog {
  readonly #home: HomePaths;
  readonly #clock: Clock;
  readonly #maxBytes: number;
  readonly #heads: LogHeads;
  readonly #tails = new Map<Slug, LogTail>();
  readonly #index: SearchIndex;

  constructor(home: HomePaths, clock: Clock, maxBytes = MAX_BYTES) {
    this.#home = home;
    this.#clock = clock;
    this.#maxBytes = maxBytes;
    this.#heads = new LogHeads(home);
    this.#index = new SearchIndex((slug) => home.bottleState(slug));
  }

  /** Records once: a subject and action that stand in the log already, written by whichever client, are left as they are. */
  record(record: AuditRecord): Promise<void> {
    const folder = this.#home.bottleState(record.slug);
    return withFileLock(folder, "audit", async () => {
      const tail = await this.#tail(record.slug).read();
      if (tail.has(record.subject, record.action)) return;
      const { last } = tail;
      if (last !== null && tail.size >= this.#maxBytes) await rotate(folder, last.index);
      const chained = { ...record, index: (last?.index ?? -1) + 1, time: timestamp(this.#clock), previous: last?.hash ?? CHAIN_START };
      const entry: AuditEntry = { ...chained, hash: hashEntry(chained) };
      await appendLine(currentFile(folder), JSON.stringify(entry));
      await this.#heads.note(record.slug, entry);
    });
  }

  /** A bottle's entries, oldest first. */
  async *entries(slug: Slug): AsyncGenerator<AuditEntry> {
    for await (const { text } of readLog(this.#home.bottleState(slug))) {
      const entry = parseEntry(text);
      if (entry !== null) yield entry;
    }
  }

  async list(slug: Slug): Promise<AuditEntry[]> {
    const all: AuditEntry[] = [];
    for await (const entry of this.entries(slug)) all.push(entry);
    return all;
  }

  /** Newest first, over all bottles or one; the first call reads every log, later ones what was added. */
  async search(search: AuditSearch): Promise<FoundEntries> {
    return this.#index.search(search, search.slug === null ? await this.slugs() : [search.slug]);
  }

  /** Every bottle that has, or had, a log, also those that are gone. */
  async slugs(): Promise<Slug[]> {
    const folders = await readdir(this.#home.state, { withFileTypes: true }).catch(() => []);
    const present = folders.filter((folder) => folder.isDirectory() && Slug.safeParse(folder.name).success).map(({ name }) => name);
    return [...new Set([...present, ...(await this.#heads.all()).keys()])].sort();
  }

  async verify(slug: Slug): Promise<AuditVerdict> {
    const head = (await this.#heads.all()).get(slug) ?? null;
    return { slug, ...(await checkChain(readLog(this.#home.bottleState(slug)), head)) };
  }

  #tail(slug: Slug): LogTail {
    const known = this.#tails.get(slug) ?? new LogTail(this.#home.bottleState(slug));
    this.#tails.set(slug, known);
    return known;
  }
}
