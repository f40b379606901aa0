import { excerpt } from "./excerpt.ts";
import type { Checked, Problem } from "./problem.ts";
import { failed, passed, problemAt } from "./problem.ts";
import type { ProviderDeclaration } from "./provider-schema.ts";
import { decodeManifest } from "./source-text.ts";
import { validateProvider } from "./validate.ts";
import type { Path } from "./yaml-mapping.ts";
import { parseYamlMapping } from "./yaml-mapping.ts";

/** A `provider.yaml` that is valid on its own; files it names are checked by whoever can read them. */
export interface ParsedProvider {
  readonly declaration: ProviderDeclaration;
  /** A problem at the key that `path` leads to. */
  problem(path: Path, message: string): Problem;
}

const MAX_PROBLEMS = 50;

export function parseProvider(bytes: Uint8Array): Checked<ParsedProvider> {
  const text = decodeManifest(bytes);
  if (!text.ok) return text;
  const withExcerpt = (problem: Problem): Problem => ({ ...problem, excerpt: excerpt(text.value, problem) });
  const mapping = parseYamlMapping(text.value, 1);
  if (!mapping.ok) return failed(...mapping.problems.map(withExcerpt));
  const { value, locate } = mapping.value;
  const problem = (path: Path, message: string) => withExcerpt(problemAt(locate(path), message));
  const validated = validateProvider(value);
  if (validated.ok) return passed({ declaration: validated.value, problem });
  const problems = validated.findings.slice(0, MAX_PROBLEMS).map(({ path, message }) => problem(path, message));
  return failed(...problems.sort((a, b) => a.line - b.line || a.column - b.column));
}
