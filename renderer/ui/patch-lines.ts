import { parsePatch } from "diff";

/** A line of a unified patch with its number on each side; `hunk` opens one. */
export type PatchLine =
  | { readonly kind: "hunk"; readonly text: string }
  | { readonly kind: "same" | "added" | "removed"; readonly text: string; readonly before: number | null; readonly after: number | null }
  | { readonly kind: "raw"; readonly text: string };

const kinds = { "+": "added", "-": "removed", " ": "same" } as const;

/** The lines of unified hunks. What does not read as hunks is given back raw: nothing of it is left out. */
export function patchLines(patch: string): PatchLine[] {
  try {
    const hunks = parsePatch(`--- before\n+++ after\n${patch}`).flatMap((file) => file.hunks);
    const numbered = hunks.every(({ oldStart, newStart }) => Number.isInteger(oldStart) && Number.isInteger(newStart));
    if (hunks.length > 0 && numbered) return hunks.flatMap(hunkLines);
  } catch {
    // Falls through: shown as it is.
  }
  return patch === "" ? [] : patch.split("\n").map((text) => ({ kind: "raw", text }));
}

type Hunk = ReturnType<typeof parsePatch>[number]["hunks"][number];

function hunkLines(hunk: Hunk): PatchLine[] {
  let before = hunk.oldStart;
  let after = hunk.newStart;
  const lines: PatchLine[] = [{ kind: "hunk", text: `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@` }];
  for (const line of hunk.lines) {
    const kind = kinds[line[0] as keyof typeof kinds];
    if (kind === undefined) lines.push({ kind: "raw", text: line });
    else
      lines.push({
        kind,
        text: line.slice(1),
        before: kind === "added" ? null : before++,
        after: kind === "removed" ? null : after++,
      });
  }
  return lines;
}
