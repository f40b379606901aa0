import { useId } from "react";
import type { PlacedProblem } from "#common/ipc/manifest-methods.ts";
import { plural } from "../../ui/format.ts";
import { Shape } from "../../ui/shape.tsx";
import { ProblemLines } from "../problem-lines.tsx";
import { manifestNameOf } from "./origin.ts";

interface ProblemListProps {
  problems: readonly PlacedProblem[];
  file: string;
  checking: boolean;
  onOpen: (file: string, line: number, column: number) => void;
}

function countWords(problems: readonly PlacedProblem[]): string {
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const warnings = problems.length - errors;
  if (problems.length === 0) return "No problems";
  return [errors > 0 ? plural(errors, "error") : "", warnings > 0 ? plural(warnings, "warning") : ""].filter(Boolean).join(", ");
}

/** What is wrong with the text, below it; each leads to its place. */
export function ProblemList({ problems, file, checking, onOpen }: ProblemListProps) {
  const id = useId();
  const status = problems.some(({ severity }) => severity === "error") ? "failed" : problems.length > 0 ? "needs-you" : "running";
  return (
    <section aria-labelledby={id} className="flex max-h-[38%] shrink-0 flex-col border-t border-line bg-panel">
      <h2 id={id} className="flex h-8 shrink-0 items-center gap-2 px-3 text-sm text-dim">
        <Shape status={status} size={8} />
        <span role="status">{countWords(problems)}</span>
        {checking ? <span className="text-faint">checking…</span> : null}
      </h2>
      {problems.length > 0 ? (
        <ul className="min-h-0 overflow-y-auto border-t border-line/60">
          {problems.map((problem) => (
            <li
              key={`${problem.file} ${problem.line} ${problem.column} ${problem.message}`}
              className="border-b border-line/60 last:border-b-0"
            >
              <button
                type="button"
                onClick={() => onOpen(problem.file, problem.line, problem.column)}
                className="w-full px-3 py-1.5 text-left hover:bg-raised focus-visible:outline-offset-[-2px]"
              >
                <ProblemLines
                  problem={problem}
                  place={`${problem.file === file ? "" : `${manifestNameOf(problem.file)} `}line ${problem.line}, column ${problem.column}`}
                />
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}
