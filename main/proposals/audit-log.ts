import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { AuditEntry } from "#common/domain/audit.ts";
import { canonicalJson } from "#common/domain/canonical-json.ts";
import { Slug } from "#common/domain/names.ts";
import type { Clock } from "../platform/clock.ts";
import { timestamp } from "../platform/clock.ts";
import { withFileLock } from "../platform/file-lock.ts";
import type { HomePaths } from "../platform/home.ts";
import { appendJsonLines, readJsonLines } from "../platform/json-lines.ts";
import type { ChainProblem } from "./audit-chain.ts";
import { checkChain } from "./audit-chain.ts";

const FILE = "audit.jsonl";
/** What the first line of a log names as the one before it. */
export const CHAIN_START = "0".repeat(64);

/** What is to be recorded; place in the chain, time and hash are the log's. */
export type AuditRecord = Omit<AuditEntry, "index" | "time" | "previous" | "hash">;

export interface AuditVerdict {
  readonly slug: Slug;
  readonly lines: number;
  readonly problems: readonly ChainProblem[];
}

/** The append-only, hash-chained record of what was decided for each bottle (SUP-7); it outlives the bottle. */
export class AuditLog {
  readonly #home: HomePaths;
  readonly #clock: Clock;

  constructor(home: HomePaths, clock: Clock) {
    this.#home = home;
    this.#clock = clock;
  }

  /** Records once: a subject and action that stand in the log already, written by whichever client, are left as they are. */
  record(record: AuditRecord): Promise<void> {
    return withFileLock(this.#home.bottleState(record.slug), "audit", async () => {
      const entries = await this.list(record.slug);
      if (entries.some(({ subject, action }) => subject === record.subject && action === record.action)) return;
      const last = entries.at(-1);
      const chained = { ...record, index: (last?.index ?? -1) + 1, time: timestamp(this.#clock), previous: last?.hash ?? CHAIN_START };
      await appendJsonLines(this.#file(record.slug), [{ ...chained, hash: hashEntry(chained) }]);
    });
  }

  /** A bottle's entries, oldest first. */
  list(slug: Slug): Promise<AuditEntry[]> {
    return readJsonLines(this.#file(slug), AuditEntry);
  }

  /** The newest entries over all bottles, newest first. */
  async recent(slug: Slug | null, limit: number): Promise<AuditEntry[]> {
    const slugs = slug === null ? await this.slugs() : [slug];
    const all = (await Promise.all(slugs.map((each) => this.list(each)))).flat();
    return all.sort((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : b.index - a.index)).slice(0, limit);
  }

  /** Every bottle that has a log, also those that are gone. */
  async slugs(): Promise<Slug[]> {
    const folders = await readdir(this.#home.state, { withFileTypes: true }).catch(() => []);
    return folders.filter((folder) => folder.isDirectory() && Slug.safeParse(folder.name).success).map(({ name }) => name);
  }

  async verify(slug: Slug): Promise<AuditVerdict> {
    const { lines, problems } = await checkChain(this.#file(slug), CHAIN_START, hashEntry);
    return { slug, lines, problems };
  }

  #file(slug: Slug): string {
    return join(this.#home.bottleState(slug), FILE);
  }
}

function hashEntry(entry: Omit<AuditEntry, "hash">): string {
  return createHash("sha256").update(canonicalJson(entry)).digest("hex");
}
