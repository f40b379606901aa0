import { diffLines } from "diff";

export type DiffLine = { kind: "same" | "added" | "removed"; text: string } | { kind: "gap"; lines: number };

/** Milliseconds, after which every line counts as replaced: the time grows with the square of the changes, and an agent chooses one side. */
const MOST_TIME = 100;

function lines(text: string): string[] {
  return text.replace(/\n$/, "").split("\n");
}

function allLines(before: string, after: string): Exclude<DiffLine, { kind: "gap" }>[] {
  const changes = diffLines(before, after, { timeout: MOST_TIME }) ?? [
    { removed: true, added: false, value: before },
    { removed: false, added: true, value: after },
  ];
  return changes.flatMap((change) => {
    const kind = change.added ? "added" : change.removed ? "removed" : "same";
    return lines(change.value).map((text) => ({ kind, text }) as const);
  });
}

/** The lines of a before/after with `context` unchanged lines around each change and the rest folded. */
export function diffOf(before: string, after: string, context = 3): DiffLine[] {
  const every = allLines(before, after);
  const near = new Uint8Array(every.length);
  for (const [index, line] of every.entries())
    if (line.kind !== "same") near.fill(1, Math.max(0, index - context), Math.min(every.length, index + context + 1));
  const shown: DiffLine[] = [];
  for (const [index, line] of every.entries()) {
    const last = shown.at(-1);
    if (near[index]) shown.push(line);
    else if (last?.kind === "gap") last.lines += 1;
    else shown.push({ kind: "gap", lines: 1 });
  }
  return shown;
}

/** How many lines came and went. */
export function diffCounts(diff: readonly DiffLine[]): { added: number; removed: number } {
  const count = (kind: DiffLine["kind"]) => diff.filter((line) => line.kind === kind).length;
  return { added: count("added"), removed: count("removed") };
}
