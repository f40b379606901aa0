import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { AuditEntry } from "#common/domain/audit.ts";

const BLOCK_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;

/** One whole line of a file: where it begins, how long it is without its end, and what it says. */
export interface Line {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/** The whole lines of a file from `offset` on; a missing file has none. */
export async function* readLines(file: string, offset = 0): AsyncGenerator<Line> {
  const handle = await openIfThere(file);
  if (handle === null) return;
  try {
    yield* linesOf(handle, offset);
  } finally {
    await handle.close();
  }
}

/** The whole lines of an open file from `offset` on, in blocks; what has no line end yet is left out. */
export async function* linesOf(handle: FileHandle, offset = 0): AsyncGenerator<Line> {
  let at = offset;
  let rest = Buffer.alloc(0);
  for (;;) {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(BLOCK_BYTES), 0, BLOCK_BYTES, at + rest.length);
    if (bytesRead === 0) return;
    const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
    let begin = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, begin)) {
      yield { offset: at + begin, length: end - begin, text: bytes.toString("utf8", begin, end) };
      begin = end + 1;
    }
    at += begin;
    rest = bytes.subarray(begin);
  }
}

/** Null for what is no entry: a line that a crash tore, or that somebody else wrote. */
export function parseEntry(line: string): AuditEntry | null {
  try {
    const parsed = AuditEntry.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Adds a line and makes it durable. What a crash left without a line end was never acknowledged, and goes. */
export async function appendLine(file: string, text: string): Promise<void> {
  const handle = await open(file, "a+", 0o600);
  try {
    await cutTornEnd(handle);
    await handle.appendFile(`${text}\n`);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

async function cutTornEnd(handle: FileHandle): Promise<void> {
  const { size } = await handle.stat();
  let end = size;
  while (end > 0) {
    const length = Math.min(end, BLOCK_BYTES);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, end - length);
    const newline = buffer.lastIndexOf(NEWLINE);
    end = newline === -1 ? end - length : end - length + newline + 1;
    if (newline !== -1) break;
  }
  if (end < size) await handle.truncate(end);
}

export async function openIfThere(file: string): Promise<FileHandle | null> {
  return open(file, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
}
