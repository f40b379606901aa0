import type { PlacedProblem } from "#common/ipc/manifest-methods.ts";
import { InertText } from "../ui/inert-text.tsx";
import { Shape } from "../ui/shape.tsx";

const looks = {
  error: { status: "failed", colour: "text-bad", word: "Error" },
  warning: { status: "needs-you", colour: "text-warn", word: "Warning" },
} as const;

/** The line with a caret under what is wrong; nothing of it can hide or act. */
function Excerpt({ problem }: { problem: PlacedProblem }) {
  if (problem.excerpt === "") return null;
  return (
    <pre className="data mt-1 overflow-x-auto rounded-md border border-line bg-ground px-2 py-1 text-sm leading-4.5 text-dim">
      <InertText text={problem.excerpt} />
    </pre>
  );
}

/** One thing wrong with a file, and the line it is on. */
export function ProblemLines({ problem, place, excerpt = true }: { problem: PlacedProblem; place: string; excerpt?: boolean }) {
  const look = looks[problem.severity];
  return (
    <div className="flex gap-2">
      <span className="flex h-5 items-center">
        <Shape status={look.status} />
        <span className="sr-only">{look.word}: </span>
      </span>
      <div className="min-w-0 grow">
        <p className={`break-words ${look.colour}`}>
          <InertText text={problem.message} />
        </p>
        <p className="data text-sm break-all text-faint">{place}</p>
        {excerpt ? <Excerpt problem={problem} /> : null}
      </div>
    </div>
  );
}
