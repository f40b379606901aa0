import { diffLines } from "diff";

export type DiffLine = { kind: "same" | "added" | "removed"; text: string } | { kind: "gap"; lines: number };

function lines(text: string): string[] {
  return text.replace(/\n$/, "").split("\n");
}

function allLines(before: string, after: string): Exclude<DiffLine, { kind: "gap" }>[] {
  return diffLines(before, after).flatMap((change) => {
    const kind = change.added ? "added" : change.removed ? "removed" : "same";
    return lines(change.value).map((text) => ({ kind, text }) as const);
  });
}

/** The lines of a before/after with `context` unchanged lines around each change and the rest folded. */
export function diffOf(before: string, after: string, context = 3): DiffLine[] {
  const every = allLines(before, after);
  const changed = every.flatMap((line, index) => (line.kind === "same" ? [] : [index]));
  const near = (index: number) => changed.some((at) => Math.abs(at - index) <= context);
  const shown: DiffLine[] = [];
  for (const [index, line] of every.entries()) {
    const last = shown.at(-1);
    if (near(index)) shown.push(line);
    else if (last?.kind === "gap") last.lines += 1;
    else shown.push({ kind: "gap", lines: 1 });
  }
  return shown;
}

export function diffCounts(diff: readonly DiffLine[]): { added: number; removed: number } {
  const count = (kind: DiffLine["kind"]) => diff.filter((line) => line.kind === kind).length;
  return { added: count("added"), removed: count("removed") };
}
