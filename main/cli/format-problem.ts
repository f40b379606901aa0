import type { PlacedProblem } from "#common/ipc/manifest-methods.ts";
import { inert } from "./inert.ts";

/** `file:line:column: what is wrong`, as compilers print it and editors jump to, with the line and a caret below. */
export function formatProblem({ file, line, column, severity, message, excerpt }: PlacedProblem): string {
  const mark = severity === "error" ? "✗" : "!";
  const shown = excerpt === "" ? [] : excerpt.split("\n").map((each) => `    ${inert(each)}`);
  // A file's name may hold a newline, and would look like two problems.
  const place = inert(`${file}:${line}:${column}: ${message}`).replaceAll("\n", "\\u{a}");
  return [`${mark} ${place}`, ...shown].join("\n");
}
