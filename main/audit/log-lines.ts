import type { FileHandle } from "node:fs/promises";
import { basename } from "node:path";
import { linesOf, openIfThere } from "./entry-lines.ts";
import { currentFile, logFiles } from "./log-files.ts";

/** A line of a log, where it stands. */
export interface LogLine {
  readonly file: string;
  /** Counted from 1, as editors do. */
  readonly number: number;
  readonly text: string;
}

/**
 * A log's whole lines, oldest first, over all its files. Another process may put the current file aside at any moment: it is
 * opened first, and read only where none was put aside before that, so that no file is passed over.
 */
export async function* readLog(folder: string): AsyncGenerator<LogLine> {
  const current = currentFile(folder);
  const done = new Set([current]);
  for (let whole = false; !whole; ) {
    for (const file of await newAside(folder, done)) {
      done.add(file);
      yield* linesIn(file, await openIfThere(file));
    }
    const handle = await openIfThere(current);
    whole = (await newAside(folder, done)).length === 0;
    if (whole) yield* linesIn(current, handle);
    else await handle?.close();
  }
}

async function newAside(folder: string, done: ReadonlySet<string>): Promise<string[]> {
  return (await logFiles(folder)).filter((file) => !done.has(file));
}

/** Closes the file as well. */
async function* linesIn(file: string, handle: FileHandle | null): AsyncGenerator<LogLine> {
  if (handle === null) return;
  try {
    let number = 0;
    for await (const { text } of linesOf(handle)) yield { file: basename(file), number: ++number, text };
  } finally {
    await handle.close();
  }
}
