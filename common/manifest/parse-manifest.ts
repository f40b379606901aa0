import type { AgentFrontmatter } from "./agent-schema.ts";
import type { BottleFrontmatter } from "./bottle-schema.ts";
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
}

/** Nobody reads more at once, and a hostile file must not be able to flood the list. */
const MAX_PROBLEMS = 50;

/** The line after the opening `---`. */
const FIRST_YAML_LINE = 2;

export function parseBottleManifest(bytes: Uint8Array): Checked<ParsedManifest<BottleFrontmatter>> {
  return parseManifest(bytes, validateBottle);
}

export function parseAgentManifest(bytes: Uint8Array): Checked<ParsedManifest<AgentFrontmatter>> {
  return parseManifest(bytes, validateAgent);
}

function parseManifest<T>(bytes: Uint8Array, validate: (value: unknown) => Validated<T>): Checked<ParsedManifest<T>> {
  const text = decodeManifest(bytes);
  if (!text.ok) return text;
  const parts = splitFrontmatter(text.value);
  if (!parts.ok) return parts;
  const mapping = parseYamlMapping(parts.value.yaml, FIRST_YAML_LINE);
  if (!mapping.ok) return mapping;
  const { value, locate } = mapping.value;
  const validated = validate(value);
  if (!validated.ok) return failed(...locateFindings(validated.findings, locate));
  return passed({ frontmatter: validated.value, body: parts.value.body, locate });
}

function locateFindings(findings: readonly Finding[], locate: (path: Path) => Position): Problem[] {
  const problems = findings.slice(0, MAX_PROBLEMS).map(({ path, message }) => problemAt(locate(path), message));
  return problems.sort((a, b) => a.line - b.line || a.column - b.column);
}
