import type { Document, ParsedNode } from "yaml";
import { isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from "yaml";
import type { Checked, Position, Problem } from "./problem.ts";
import { failed, passed, problemAt, START_OF_FILE } from "./problem.ts";

export type Path = readonly PropertyKey[];

/** A parsed frontmatter: plain values, and where each of them stands in the file. */
export interface YamlMapping {
  readonly value: Readonly<Record<string, unknown>>;
  /** Position of the key, or of the list item, that `path` leads to; of its nearest parent where it is missing. */
  locate(path: Path): Position;
}

const MAX_YAML_CHARACTERS = 128 * 1024;
/** More complaints of the parser than this are echoes of the first ones. */
const MAX_SYNTAX_PROBLEMS = 5;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL_CHARACTER = /[\x00-\x08\x0b-\x1f\x7f]/;

type Place = (offset: number) => Position;

/** Reads YAML 1.2 (core schema) whose top level is a mapping; `firstLine` is the line of the file on which it starts. */
export function parseYamlMapping(yaml: string, firstLine: number): Checked<YamlMapping> {
  const unreadable = refuseUnparsed(yaml, firstLine);
  if (unreadable !== null) return failed(unreadable);
  const lines = new LineCounter();
  const place: Place = (offset) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1) + firstLine - 1, column: Math.max(col, 1) };
  };
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
  const complaints = syntaxProblems(document, place);
  return complaints.length > 0 ? failed(...complaints) : toMapping(document, place);
}

function refuseUnparsed(yaml: string, firstLine: number): Problem | null {
  if (yaml.length > MAX_YAML_CHARACTERS) {
    return problemAt(START_OF_FILE, `the frontmatter has ${yaml.length} characters; at most ${MAX_YAML_CHARACTERS} are read`);
  }
  const lines = yaml.split("\n");
  const index = lines.findIndex((line) => CONTROL_CHARACTER.test(line));
  if (index === -1) return null;
  const column = (lines[index] ?? "").search(CONTROL_CHARACTER) + 1;
  return problemAt({ line: firstLine + index, column }, "the frontmatter holds a control character; remove it");
}

function syntaxProblems(document: Document.Parsed, place: Place): Problem[] {
  const complaints = [...document.errors, ...document.warnings].slice(0, MAX_SYNTAX_PROBLEMS);
  if (complaints.length > 0) return complaints.map(({ code, pos, message }) => problemAt(place(pos[0]), syntaxMessage(code, message)));
  return structureProblems(document, place);
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
  const problems: Problem[] = [];
  visit(document, {
    Alias: (_key, alias) => {
      problems.push(problemAt(place(alias.range?.[0] ?? 0), "aliases (*name) are not supported in manifests; write the value out"));
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
    return [problemAt(place(key.range[0]), `the key "${name}" is given twice`)];
  });
}

function toMapping(document: Document.Parsed, place: Place): Checked<YamlMapping> {
  const root = document.contents;
  if (root === null || (isScalar(root) && root.value === null)) return passed({ value: {}, locate: () => START_OF_FILE });
  if (!isMap(root)) return failed(problemAt(place(root.range[0]), "the frontmatter must be a map of keys, one `key: value` a line"));
  return passed({ value: document.toJS() as Record<string, unknown>, locate: (path) => locateNode(root, path, place) });
}

function locateNode(root: ParsedNode, path: Path, place: Place): Position {
  let node: ParsedNode | null = root;
  let position = START_OF_FILE;
  for (const step of path) {
    const next: Step | null = node === null ? null : stepInto(node, step);
    if (next === null) return position;
    position = place(next.offset);
    node = next.node;
  }
  return position;
}

interface Step {
  readonly offset: number;
  readonly node: ParsedNode | null;
}

function stepInto(node: ParsedNode, step: PropertyKey): Step | null {
  if (isMap<ParsedNode, ParsedNode | null>(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
    return pair === undefined ? null : { offset: pair.key.range[0], node: pair.value };
  }
  if (isSeq<ParsedNode>(node) && typeof step === "number") {
    const item = node.items[step];
    return item === undefined ? null : { offset: item.range[0], node: item };
  }
  return null;
}
