import { stat } from "node:fs/promises";
import type { AuditEntry } from "#common/domain/audit.ts";
import { parseEntry, readLines } from "./entry-lines.ts";
import { currentFile, logFiles } from "./log-files.ts";

/** Where a log ends, and what stands in it. */
export interface Tail {
  readonly last: Pick<AuditEntry, "index" | "hash"> | null;
  /** Bytes of the current file. */
  readonly size: number;
  has(subject: string, action: string): boolean;
}

/** What is known of one log; files and the place reached in the current one say whether it is still true. */
class KnownTail implements Tail {
  last: Tail["last"] = null;
  size = 0;
  inode = 0;
  rotated = 0;
  readonly #keys = new Set<string>();

  has(subject: string, action: string): boolean {
    return this.#keys.has(keyOf(subject, action));
  }

  take({ index, hash, subject, action }: AuditEntry): void {
    this.last = { index, hash };
    this.#keys.add(keyOf(subject, action));
  }
}

/** The end of one bottle's log. Other processes write to it as well: what they added is read, and nothing twice. */
export class LogTail {
  readonly #folder: string;
  #known: KnownTail | null = null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async read(): Promise<Tail> {
    const files = await logFiles(this.#folder);
    const current = currentFile(this.#folder);
    const status = await stat(current).catch(() => null);
    const rotated = files.filter((file) => file !== current);
    const known = this.#known;
    const goesOn =
      known !== null && known.rotated === rotated.length && known.inode === (status?.ino ?? 0) && known.size <= (status?.size ?? 0);
    const tail = goesOn ? known : new KnownTail();
    if (!goesOn) for (const file of rotated) await takeLines(tail, file, 0);
    if (status !== null) tail.size = await takeLines(tail, current, tail.size);
    tail.inode = status?.ino ?? 0;
    tail.rotated = rotated.length;
    this.#known = tail;
    return tail;
  }
}

/** Returns the place after the last whole line. */
async function takeLines(tail: KnownTail, file: string, from: number): Promise<number> {
  let end = from;
  for await (const { offset, length, text } of readLines(file, from)) {
    const entry = parseEntry(text);
    if (entry !== null) tail.take(entry);
    end = offset + length + 1;
  }
  return end;
}

function keyOf(subject: string, action: string): string {
  return JSON.stringify([subject, action]);
}
