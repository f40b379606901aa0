import type { AgentFrontmatter } from "./agent-schema.ts";
import type { BottleFrontmatter } from "./bottle-schema.ts";
import { excerpt } from "./excerpt.ts";
import type { Finding } from "./explain-issues.ts";
import { splitFrontmatter } from "./frontmatter.ts";
import type { Checked, Position, Problem } from "./problem.ts";
import { failed, passed, problemAt } from "./problem.ts";
import { decodeManifest } from "./source-text.ts";
import type { Validated } from "./validate.ts";
import { validateAgent, validateBottle } from "./validate.ts";
import type { Path } from "./yaml-mapping.ts";
import { parseYamlMapping } from "./yaml-mapping.ts";

/** A manifest file that is valid on its own; what it names elsewhere (a bottle, a parent) is checked by whoever has all files. */
export interface ParsedManifest<T> {
  readonly frontmatter: T;
  /** Markdown below the frontmatter: an agent's system prompt, a bottle's description. */
  readonly body: string;
  locate(path: Path): Position;
  /** A problem at the key that `path` leads to. */
  problem(path: Path, message: string): Problem;
}

/** How the text of one kind of manifest is read. */
export type ParseText<T> = (text: string) => Checked<ParsedManifest<T>>;

/** Nobody reads more at once, and a hostile file must not be able to flood the list. */
const MAX_PROBLEMS = 50;

/** The line after the opening `---`. */
const FIRST_YAML_LINE = 2;

export function parseBottleManifest(bytes: Uint8Array): Checked<ParsedManifest<BottleFrontmatter>> {
  const text = decodeManifest(bytes);
  return text.ok ? parseBottleText(text.value) : text;
}

export function parseAgentManifest(bytes: Uint8Array): Checked<ParsedManifest<AgentFrontmatter>> {
  const text = decodeManifest(bytes);
  return text.ok ? parseAgentText(text.value) : text;
}

/** `text` as `decodeManifest` gives it. */
export const parseBottleText: ParseText<BottleFrontmatter> = (text) => parseText(text, validateBottle);

export const parseAgentText: ParseText<AgentFrontmatter> = (text) => parseText(text, validateAgent);

function parseText<T>(text: string, validate: (value: unknown) => Validated<T>): Checked<ParsedManifest<T>> {
  const parts = splitFrontmatter(text);
  if (!parts.ok) return failed(...parts.problems.map((problem) => withExcerpt(text, problem)));
  const mapping = parseYamlMapping(parts.value.yaml, FIRST_YAML_LINE);
  if (!mapping.ok) return failed(...mapping.problems.map((problem) => withExcerpt(text, problem)));
  const { value, locate } = mapping.value;
  const problem = (path: Path, message: string) => withExcerpt(text, problemAt(locate(path), message));
  const validated = validate(value);
  if (!validated.ok) return failed(...inOrder(validated.findings, problem));
  return passed({ frontmatter: validated.value, body: parts.value.body, locate, problem });
}

function withExcerpt(text: string, problem: Problem): Problem {
  return { ...problem, excerpt: excerpt(text, problem) };
}

function inOrder(findings: readonly Finding[], problem: (path: Path, message: string) => Problem): Problem[] {
  const problems = findings.slice(0, MAX_PROBLEMS).map(({ path, message }) => problem(path, message));
  return problems.sort((a, b) => a.line - b.line || a.column - b.column);
}
