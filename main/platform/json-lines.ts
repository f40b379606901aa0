import { open, readFile } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { z } from "zod";

/** A large file must not hold up the panel: some ten milliseconds' worth, then others have their turn. */
const LINES_AT_ONCE = 1000;

/**
 * Reads a file of JSON lines, skipping what does not parse: a process that died while appending leaves a torn last line,
 * and a file from elsewhere may hold anything. A missing file is empty.
 */
export async function readJsonLines<S extends z.ZodType>(file: string, schema: S): Promise<z.output<S>[]> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  const lines = text.split("\n");
  const found: z.output<S>[] = [];
  for (let from = 0; from < lines.length; from += LINES_AT_ONCE) {
    if (from > 0) await nextTurn();
    for (const line of lines.slice(from, from + LINES_AT_ONCE)) found.push(...parsed(line, schema));
  }
  return found;
}

/** Lines that parse, in their order; the others are skipped. */
export function parseJsonLines<S extends z.ZodType>(text: string, schema: S): z.output<S>[] {
  return text.split("\n").flatMap((line) => parsed(line, schema));
}

function parsed<S extends z.ZodType>(line: string, schema: S): z.output<S>[] {
  const outcome = schema.safeParse(parseLine(line));
  return outcome.success ? [outcome.data] : [];
}

/** Appends lines and makes them durable before it returns; begins on a fresh line if the file ends in a torn one. */
export async function appendJsonLines(file: string, values: readonly unknown[]): Promise<void> {
  if (values.length === 0) return;
  const handle = await open(file, "a+", 0o600);
  try {
    const torn = await endsTorn(handle);
    const lines = values.map((value) => `${JSON.stringify(value)}\n`).join("");
    await handle.appendFile(torn ? `\n${lines}` : lines);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

async function endsTorn(handle: Awaited<ReturnType<typeof open>>): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return false;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== 0x0a;
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
