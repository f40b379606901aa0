import type { PlacedProblem } from "#common/ipc/manifest-methods.ts";
import { inert } from "./inert.ts";

/** `file:line:column: what is wrong`, as compilers print it and editors jump to, with the line and a caret below. */
export function formatProblem({ file, line, column, severity, message, excerpt }: PlacedProblem): string {
  const mark = severity === "error" ? "✗" : "!";
  const shown = excerpt === "" ? [] : excerpt.split("\n").map((each) => `    ${inert(each)}`);
  return [`${mark} ${inert(`${file}:${line}:${column}: ${message}`)}`, ...shown].join("\n");
}
