import { readFile } from "node:fs/promises";
import { AuditEntry } from "#common/domain/audit.ts";

export interface ChainProblem {
  /** Counted from 1, as editors do. */
  readonly line: number;
  readonly problem: string;
}

/**
 * Reads a log strictly, line by line: what was changed, removed or put in between shows as a broken link. Lines cut off the end
 * leave no trace in the chain itself; the line count is there to compare.
 */
export async function checkChain(
  file: string,
  start: string,
  hash: (entry: Omit<AuditEntry, "hash">) => string,
): Promise<{ lines: number; problems: ChainProblem[] }> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  const lines = text.split("\n").filter((line) => line !== "");
  const problems: ChainProblem[] = [];
  let previous = start;
  for (const [index, line] of lines.entries()) {
    const entry = parseEntry(line);
    const problem = entry === null ? "is not an audit entry" : linkProblem(entry, index, previous, hash);
    if (problem !== null) problems.push({ line: index + 1, problem });
    previous = entry?.hash ?? previous;
  }
  return { lines: lines.length, problems };
}

function linkProblem(entry: AuditEntry, index: number, previous: string, hash: (entry: Omit<AuditEntry, "hash">) => string): string | null {
  const { hash: claimed, ...content } = entry;
  if (entry.index !== index) return `says it is entry ${entry.index}, but it stands at ${index}`;
  if (entry.previous !== previous) return "does not follow from the line before it";
  return hash(content) === claimed ? null : "was changed after it was written";
}

function parseEntry(line: string): AuditEntry | null {
  try {
    const parsed = AuditEntry.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
