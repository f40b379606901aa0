import type { ParsedNode } from "yaml";
import { isMap, isScalar, isSeq } from "yaml";
import type { ExactYaml, Place } from "./exact-yaml.ts";
import { lengthProblem, parseExactly } from "./exact-yaml.ts";
import { parsePlainYaml } from "./plain-yaml.ts";
import type { Checked, Position } from "./problem.ts";
import { failed, passed, START_OF_FILE } from "./problem.ts";

export type Path = readonly PropertyKey[];

/** A parsed frontmatter: plain values, and where each of them stands in the file. */
export interface YamlMapping {
  readonly value: Readonly<Record<string, unknown>>;
  /** Position of the key, or of the list item, that `path` leads to; of its nearest parent where it is missing. */
  locate(path: Path): Position;
}

/**
 * Reads a frontmatter; `firstLine` is the line of the file on which it starts. Positions are wanted only where something is
 * wrong, and knowing them costs ten times the reading: what the plain reader understands is read exactly only then.
 */
export function parseYamlMapping(yaml: string, firstLine: number): Checked<YamlMapping> {
  const long = lengthProblem(yaml);
  if (long !== null) return failed(long);
  const value = parsePlainYaml(yaml);
  if (value !== null) return passed({ value, locate: locateLater(yaml, firstLine) });
  const exact = parseExactly(yaml, firstLine);
  return exact.ok ? passed(toMapping(exact.value)) : exact;
}

function locateLater(yaml: string, firstLine: number): YamlMapping["locate"] {
  let mapping: YamlMapping | null = null;
  return (path) => {
    if (mapping === null) {
      const exact = parseExactly(yaml, firstLine);
      mapping = exact.ok ? toMapping(exact.value) : { value: {}, locate: () => START_OF_FILE };
    }
    return mapping.locate(path);
  };
}

function toMapping({ document, place }: ExactYaml): YamlMapping {
  const root = document.contents;
  if (!isMap(root)) return { value: {}, locate: () => START_OF_FILE };
  return { value: document.toJS() as Record<string, unknown>, locate: (path) => locateNode(root, path, place) };
}

function locateNode(root: ParsedNode, path: Path, place: Place): Position {
  let node: ParsedNode | null = root;
  let position = START_OF_FILE;
  for (const step of path) {
    const next: Step | null = node === null ? null : stepInto(node, step);
    if (next === null) return position;
    position = place(next.start, next.end);
    node = next.node;
  }
  return position;
}

interface Step {
  readonly start: number;
  readonly end: number;
  readonly node: ParsedNode | null;
}

function stepInto(node: ParsedNode, step: PropertyKey): Step | null {
  if (isMap<ParsedNode, ParsedNode | null>(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
    return pair === undefined ? null : { start: pair.key.range[0], end: pair.key.range[1], node: pair.value };
  }
  if (isSeq<ParsedNode>(node) && typeof step === "number") {
    const item = node.items[step];
    return item === undefined ? null : { start: item.range[0], end: item.range[1], node: item };
  }
  return null;
}
