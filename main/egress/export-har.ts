import { open, rename, rm } from "node:fs/promises";
import type { Slug } from "#common/domain/names.ts";
import { exportFile } from "../platform/export-file.ts";
import type { HomePaths } from "../platform/home.ts";
import { harEntry, harFrame } from "./har.ts";
import type { NumberedDecision } from "./traffic.ts";

export interface ExportOptions {
  readonly home: HomePaths;
  readonly slug: Slug;
  readonly version: string;
  readonly now: Date;
}

/** As much as is put together at a time, so that the panel answers meanwhile. */
const ENTRIES_AT_ONCE = 2000;

/** Writes all of them as an HTTP Archive to the operator's exports folder; whole and private, or not there. */
export async function exportHar(
  decisions: readonly NumberedDecision[],
  { home, slug, version, now }: ExportOptions,
): Promise<{ file: string; entries: number }> {
  const file = await exportFile(home, now, slug, "har");
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await write(temporary, decisions, harFrame(version, slug));
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
  return { file, entries: decisions.length };
}

async function write(file: string, decisions: readonly NumberedDecision[], frame: { head: string; tail: string }): Promise<void> {
  await using handle = await open(file, "wx", 0o600);
  await handle.appendFile(frame.head);
  for (let from = 0; from < decisions.length; from += ENTRIES_AT_ONCE) {
    const entries = decisions.slice(from, from + ENTRIES_AT_ONCE).map((decision) => JSON.stringify(harEntry(decision)));
    await handle.appendFile(`${from === 0 ? "" : ","}${entries.join(",")}`);
  }
  await handle.appendFile(frame.tail);
  await handle.sync();
}
