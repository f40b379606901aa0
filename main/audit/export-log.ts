import { open } from "node:fs/promises";
import { stringify } from "csv-stringify/sync";
import type { AuditEntry } from "#common/domain/audit.ts";
import type { Slug } from "#common/domain/names.ts";
import type { AuditLog } from "./audit-log.ts";

const COLUMNS = ["time", "slug", "index", "component", "action", "subject", "by", "note", "before", "after", "previous", "hash"] as const;
const BATCH = 500;

/** Writes the log of one bottle, or of all, to a new file of the operator's alone; returns how many entries it holds. */
export async function exportLog(log: AuditLog, slugs: readonly Slug[], format: "jsonl" | "csv", file: string): Promise<number> {
  const handle = await open(file, "wx", 0o600);
  try {
    if (format === "csv") await handle.appendFile(csv([[...COLUMNS]]));
    let written = 0;
    let batch: AuditEntry[] = [];
    const flush = async () => {
      await handle.appendFile(format === "csv" ? csv(batch.map((entry) => COLUMNS.map((column) => entry[column]))) : jsonLines(batch));
      written += batch.length;
      batch = [];
    };
    for (const slug of slugs) {
      for await (const entry of log.entries(slug)) if (batch.push(entry) >= BATCH) await flush();
    }
    await flush();
    await handle.sync();
    return written;
  } finally {
    await handle.close();
  }
}

function jsonLines(entries: readonly AuditEntry[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
}

function csv(rows: readonly (readonly (string | number | null)[])[]): string {
  // A note or a host that begins with = would be a formula to whoever opens the file in a spreadsheet.
  return stringify(rows as (string | number | null)[][], { escape_formulas: true });
}
