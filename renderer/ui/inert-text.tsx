import { Fragment } from "react";
import { visibleRuns } from "./visible-text.ts";

/** Hostile text: never markup, and nothing in it stays invisible. */
export function InertText({ text }: { text: string }) {
  return (
    <bdi>
      {visibleRuns(text).map((run, index) =>
        run.kind === "text" ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: runs have no identity but their place
          <Fragment key={index}>{run.text}</Fragment>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: runs have no identity but their place
          <span key={index} title={run.name} className="data mx-px rounded-sm border border-warn bg-warn-ground px-0.5 text-warn">
            {run.code}
            <span className="sr-only"> {run.name} </span>
          </span>
        ),
      )}
    </bdi>
  );
}
