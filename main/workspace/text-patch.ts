import type { StructuredPatch } from "diff";
import { formatPatch, structuredPatch } from "diff";

export type Hunk = StructuredPatch["hunks"][number];

/** Larger contents are not compared line by line. */
export const MAX_TEXT_BYTES = 1024 * 1024;
/** Two long files without a common line would keep the comparison busy for minutes. */
const MAX_EDITS = 4000;
const BINARY_PROBE = 8000;

/** The text of a file, or null where it is binary, as git tells it; UTF-8 only. */
export function textOf(content: Buffer): string | null {
  if (content.subarray(0, BINARY_PROBE).includes(0)) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return null;
  }
}

/** Hunks from one text to another; where they would take longer, one that replaces everything. */
export function hunksBetween(before: string, after: string, timeoutMs: number): Hunk[] {
  if (before === "" || after === "" || timeoutMs <= 0) return replacement(before, after);
  const patch = structuredPatch("", "", before, after, "", "", { context: 3, maxEditLength: MAX_EDITS, timeout: timeoutMs });
  return patch === undefined ? replacement(before, after) : patch.hunks;
}

/** Everything taken out and everything put in. */
function replacement(before: string, after: string): Hunk[] {
  const [removed, added] = [signed("-", before), signed("+", after)];
  if (removed.lines + added.lines === 0) return [];
  return [{ oldStart: 1, oldLines: removed.lines, newStart: 1, newLines: added.lines, lines: [...removed.text, ...added.text] }];
}

function signed(sign: string, text: string): { readonly lines: number; readonly text: string[] } {
  if (text === "") return { lines: 0, text: [] };
  const lines = text.replace(/\n$/, "").split("\n");
  const end = text.endsWith("\n") ? [] : ["\\ No newline at end of file"];
  return { lines: lines.length, text: [...lines.map((line) => `${sign}${line}`), ...end] };
}

export function countLines(hunks: readonly Hunk[], sign: "+" | "-"): number {
  return hunks.reduce((sum, { lines }) => sum + lines.filter((line) => line.startsWith(sign)).length, 0);
}

/** As many hunks as go into so many characters, the last one shortened at a line; still well-formed. */
export function firstHunks(hunks: readonly Hunk[], chars: number): { readonly text: string; readonly cut: boolean } {
  const shown: Hunk[] = [];
  let left = chars;
  for (const hunk of hunks) {
    const lines: string[] = [];
    for (const line of hunk.lines) {
      left -= line.length + 1;
      if (left < 0) break;
      lines.push(line);
    }
    if (lines.length > 0) shown.push(shortened(hunk, lines));
    if (left < 0) return { text: formatHunks(shown), cut: true };
  }
  return { text: formatHunks(shown), cut: false };
}

function shortened(hunk: Hunk, lines: string[]): Hunk {
  if (lines.length === hunk.lines.length) return hunk;
  const count = (side: string) => lines.filter((line) => line.startsWith(side) || line.startsWith(" ")).length;
  return { ...hunk, lines, oldLines: count("-"), newLines: count("+") };
}

function formatHunks(hunks: readonly Hunk[]): string {
  if (hunks.length === 0) return "";
  return formatPatch({ hunks: [...hunks], oldFileName: "", newFileName: "" } as StructuredPatch, {
    includeIndex: false,
    includeUnderline: false,
    includeFileHeaders: false,
  });
}
