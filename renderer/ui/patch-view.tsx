import type { ReactNode } from "react";
import { Fragment } from "react";
import { DiffLineRow } from "./diff-line.tsx";
import { InertText } from "./inert-text.tsx";
import type { PatchLine } from "./patch-lines.ts";
import { patchLines } from "./patch-lines.ts";

function Line({ line }: { line: PatchLine }) {
  if (line.kind === "hunk") return <li className="bg-raised px-3 text-faint select-none">{line.text}</li>;
  if (line.kind === "raw")
    return (
      <li className="px-3 text-faint">
        <InertText text={line.text} />
      </li>
    );
  return <DiffLineRow kind={line.kind} text={line.text} number={line.after ?? line.before} />;
}

interface PatchViewProps {
  patch: string;
  label: string;
  /** What stands below a line of the new text, by its number. */
  marks?: ReadonlyMap<number, ReactNode>;
}

/** Unified hunks of hostile text: nothing in them is markup and nothing hides. */
export function PatchView({ patch, label, marks }: PatchViewProps) {
  return (
    <ol aria-label={label} className="data overflow-x-hidden py-1 leading-5">
      {patchLines(patch).map((line, index) => {
        const mark = line.kind === "added" || line.kind === "same" ? marks?.get(line.after ?? 0) : undefined;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line's identity is its place
          <Fragment key={index}>
            <Line line={line} />
            {mark ? <li className="py-1 pr-3 pl-17">{mark}</li> : null}
          </Fragment>
        );
      })}
    </ol>
  );
}
