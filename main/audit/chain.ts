import { createHash } from "node:crypto";
import type { AuditEntry } from "#common/domain/audit.ts";
import { canonicalJson } from "#common/domain/canonical-json.ts";
import { parseEntry } from "./entry-lines.ts";
import type { LogLine } from "./log-lines.ts";

/** What the first entry of a log names as the one before it. */
export const CHAIN_START = "0".repeat(64);

export interface ChainProblem {
  readonly file: string;
  /** Counted from 1, as editors do. */
  readonly line: number;
  readonly problem: string;
}

/** How far a log went when something was last added to it. */
export type ChainHead = Pick<AuditEntry, "index" | "hash">;

export function hashEntry(entry: Omit<AuditEntry, "hash">): string {
  return createHash("sha256").update(canonicalJson(entry)).digest("hex");
}

/**
 * Follows a log line by line over its files: what was changed, dropped or put in another order is named where it shows, once.
 * Lines cut off the end leave the chain whole; `head`, which is kept elsewhere, tells of them.
 */
export async function checkChain(
  log: AsyncIterable<LogLine>,
  head: ChainHead | null,
): Promise<{ lines: number; problems: ChainProblem[] }> {
  const walk = new ChainWalk(head);
  for await (const line of log) walk.take(line);
  return { lines: walk.lines, problems: walk.end() };
}

class ChainWalk {
  readonly #head: ChainHead | null;
  readonly #problems: ChainProblem[] = [];
  #expected: { index: number; previous: string } = { index: 0, previous: CHAIN_START };
  #place = { file: "audit.jsonl", number: 0 };
  #headSeen = false;
  lines = 0;

  constructor(head: ChainHead | null) {
    this.#head = head;
  }

  take({ file, number, text }: LogLine): void {
    this.#place = { file, number };
    this.lines += 1;
    const entry = parseEntry(text);
    if (entry === null) return this.#tell("is not an audit entry");
    const problem = this.#problemOf(entry);
    if (problem !== null) this.#tell(problem);
    this.#compareWithHead(entry);
    // From here on as if it were right: one broken place is told once, not on every line that follows.
    this.#expected = { index: entry.index + 1, previous: entry.hash };
  }

  end(): ChainProblem[] {
    const missing = this.#head === null || this.#headSeen ? 0 : this.#head.index + 1 - this.#expected.index;
    if (missing > 0 && this.lines === 0) this.#tell(`should be there: the log held ${counted(missing)} and is gone`);
    else if (missing > 0) this.#tell(`is the last one, but ${counted(missing)} more had been written after it`);
    return this.#problems;
  }

  #problemOf(entry: AuditEntry): string | null {
    const { hash, ...content } = entry;
    const { index, previous } = this.#expected;
    if (hashEntry(content) !== hash) return "was changed after it was written";
    if (entry.index > index) return `is entry ${entry.index}: ${dropped(index, entry.index)} before it`;
    if (entry.index < index) return `is entry ${entry.index} and stands out of order`;
    return entry.previous === previous ? null : "does not follow from the line before it, which was changed or replaced";
  }

  #compareWithHead({ index, hash }: AuditEntry): void {
    if (this.#head === null || index !== this.#head.index) return;
    this.#headSeen = true;
    if (hash !== this.#head.hash) this.#tell("is not the entry that was written here: the log was written anew");
  }

  #tell(problem: string): void {
    this.#problems.push({ file: this.#place.file, line: this.#place.number, problem });
  }
}

function dropped(from: number, to: number): string {
  return to - from === 1 ? `entry ${from} was dropped` : `entries ${from} to ${to - 1} were dropped`;
}

function counted(entries: number): string {
  return entries === 1 ? "1 entry" : `${entries} entries`;
}
