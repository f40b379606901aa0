import type { PlacedProblem } from "#common/ipc/manifest-methods.ts";
import { outlineOf, samePath } from "../source/frontmatter-outline.ts";
import type { Path } from "./json-path.ts";

export interface FieldProblem {
  readonly path: Path;
  readonly problem: PlacedProblem;
}

/** Which part of the form each problem is about: the innermost key or item that starts where the problem is. */
export function problemsByPath(problems: readonly PlacedProblem[], checkedSource: string): FieldProblem[] {
  if (problems.length === 0) return [];
  const outline = outlineOf(checkedSource);
  return problems.map((problem) => {
    const onLine = outline.filter(({ line }) => line === problem.line);
    const exact = onLine.findLast(({ column }) => column === problem.column);
    const before = onLine.findLast(({ column }) => column <= problem.column);
    return { path: (exact ?? before)?.path ?? [], problem };
  });
}

/** The first error, else warning, at a path; with `below`, or anywhere under it. */
export function problemAtPath(problems: readonly FieldProblem[], path: Path, below = false): PlacedProblem | null {
  const here = problems.filter((each) => samePath(below ? each.path.slice(0, path.length) : each.path, path));
  return (here.find(({ problem }) => problem.severity === "error") ?? here[0])?.problem ?? null;
}
