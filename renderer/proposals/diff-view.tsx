import { DiffLineRow } from "../ui/diff-line.tsx";
import { plural } from "../ui/format.ts";
import type { DiffLine } from "./diff.ts";
import { diffCounts, diffOf } from "./diff.ts";

function Line({ line }: { line: DiffLine }) {
  if (line.kind === "gap") return <li className="px-3 text-faint select-none">⋯ {plural(line.lines, "unchanged line")}</li>;
  return <DiffLineRow kind={line.kind} text={line.text} />;
}

/** Two texts as what changed between them; nothing in them can hide. */
export function DiffView({ before, after, label }: { before: string; after: string; label: string }) {
  const diff = diffOf(before, after);
  const { added, removed } = diffCounts(diff);
  if (added + removed === 0) return <p className="px-3 py-2 text-dim">Nothing changes: this is allowed already.</p>;
  return (
    <ol
      aria-label={`${label}: ${plural(added, "line")} added, ${removed} removed`}
      className="data max-h-96 overflow-y-auto py-2 leading-5"
    >
      {diff.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line's identity is its place
        <Line key={index} line={line} />
      ))}
    </ol>
  );
}
