import type { Document, ParsedNode } from "yaml";
import { isMap, isScalar, LineCounter, parseDocument, visit } from "yaml";
import type { Checked, Position, Problem } from "./problem.ts";
import { failed, passed, problemAt, START_OF_FILE } from "./problem.ts";

/** From where to where in the YAML, as a place in the file. */
export type Place = (start: number, end: number) => Position;

/** A document that is a map, or is empty, with nothing in it that manifests do not accept. */
export interface ExactYaml {
  readonly document: Document.Parsed;
  readonly place: Place;
}

const MAX_YAML_CHARACTERS = 128 * 1024;
/** More complaints of the parser than this are echoes of the first ones. */
const MAX_SYNTAX_PROBLEMS = 5;
/** A hostile file repeats one key ten thousand times; each problem would be shown with its line. */
const MAX_STRUCTURE_PROBLEMS = 50;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL_CHARACTER = /[\x00-\x08\x0b-\x1f\x7f]/;

/** Reads YAML 1.2 (core schema) whose top level is a mapping; `firstLine` is the line of the file on which it starts. */
export function parseExactly(yaml: string, firstLine: number): Checked<ExactYaml> {
  const long = lengthProblem(yaml);
  if (long !== null) return failed(long);
  const lines = new LineCounter();
  const place = placeIn(yaml, lines, firstLine);
  const control = yaml.search(CONTROL_CHARACTER);
  if (control !== -1) {
    parseLines(yaml, lines);
    return failed(problemAt(place(control, control + 1), "the frontmatter holds a control character; remove it"));
  }
  const document = parseDocument(yaml, {
    version: "1.2",
    schema: "core",
    // Checked below: the parser compares every key with every other, which a long hostile map turns into minutes.
    uniqueKeys: false,
    stringKeys: true,
    prettyErrors: false,
    // With "silent" a second document would be dropped without a word.
    logLevel: "error",
    lineCounter: lines,
  });
  const problems = [...syntaxProblems(document, place)];
  if (problems.length === 0) problems.push(...structureProblems(document, place).slice(0, MAX_STRUCTURE_PROBLEMS));
  return problems.length > 0 ? failed(...problems) : passed({ document, place });
}

/** Nobody writes that much, and it would take long to say what is wrong with it. */
export function lengthProblem(yaml: string): Problem | null {
  if (yaml.length <= MAX_YAML_CHARACTERS) return null;
  return problemAt(START_OF_FILE, `the frontmatter has ${yaml.length} characters; at most ${MAX_YAML_CHARACTERS} are read`);
}

function parseLines(yaml: string, lines: LineCounter): void {
  lines.addNewLine(0);
  for (let at = yaml.indexOf("\n"); at !== -1; at = yaml.indexOf("\n", at + 1)) lines.addNewLine(at + 1);
}

function placeIn(yaml: string, lines: LineCounter, firstLine: number): Place {
  return (start, end) => {
    const { line, col } = lines.linePos(start);
    const lineEnd = yaml.indexOf("\n", start);
    const stop = Math.min(end, lineEnd === -1 ? yaml.length : lineEnd);
    const column = Math.max(col, 1);
    return { line: Math.max(line, 1) + firstLine - 1, column, endColumn: column + Math.max(0, stop - start) };
  };
}

function syntaxProblems(document: Document.Parsed, place: Place): Problem[] {
  const complaints = [...document.errors, ...document.warnings].slice(0, MAX_SYNTAX_PROBLEMS);
  return complaints.map(({ code, pos, message }) => problemAt(place(pos[0], pos[1]), syntaxMessage(code, message)));
}

function syntaxMessage(code: string, message: string): string {
  switch (code) {
    case "RESOURCE_EXHAUSTION":
      return "lists and maps are nested too deeply here";
    case "MULTIPLE_DOCS":
      return "the frontmatter holds more than one YAML document";
    case "TAB_AS_INDENT":
      return "a tab is used for indentation; YAML wants spaces";
    case "TAG_RESOLVE_FAILED":
      return "YAML tags (!name) are not supported in manifests";
    case "NON_STRING_KEY":
      return "a key must be plain text";
    default:
      return `the YAML is not valid: ${message}`;
  }
}

/** What is valid YAML but not accepted: the same key twice, and aliases, through which a few lines can grow into gigabytes. */
function structureProblems(document: Document.Parsed, place: Place): Problem[] {
  const root = document.contents;
  if (root !== null && !isMap(root) && !(isScalar(root) && root.value === null)) {
    return [problemAt(place(root.range[0], root.range[1]), "the frontmatter must be a map of keys, one `key: value` a line")];
  }
  const problems: Problem[] = [];
  visit(document, {
    Alias: (_key, { range }) => {
      const at = place(range?.[0] ?? 0, range?.[1] ?? 0);
      problems.push(problemAt(at, "aliases (*name) are not supported in manifests; write the value out"));
      return visit.BREAK;
    },
    Map: (_key, map) => {
      problems.push(...repeatedKeys(map as ParsedNode, place));
    },
  });
  return problems;
}

function repeatedKeys(map: ParsedNode, place: Place): Problem[] {
  if (!isMap<ParsedNode, ParsedNode | null>(map)) return [];
  const seen = new Set<string>();
  return map.items.flatMap(({ key }) => {
    const name = isScalar(key) ? String(key.value) : "";
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [problemAt(place(key.range[0], key.range[1]), `the key "${name}" is given twice`)];
  });
}
