import type { Document, Pair, ParsedNode, Scalar, YAMLMap, YAMLSeq } from "yaml";
import { isMap, isScalar, isSeq } from "yaml";
import type { Edit, Json, KeyPath } from "./expand-change.ts";
import { indentLines, writeFlow, writeItem, writePair, writeScalar } from "./write-value.ts";

type MapNode = YAMLMap.Parsed<ParsedNode, ParsedNode | null>;
type ListNode = YAMLSeq.Parsed<ParsedNode>;
type PairNode = Pair<ParsedNode, ParsedNode | null>;

/** The text with one edit made where it stands, or null where that place is not one that this knows its way around. */
export function spliceYaml(yaml: string, document: Document.Parsed, edit: Edit): string | null {
  const text = new Splicer(yaml);
  if (edit.kind === "insert") {
    const list = nodeAt(document.contents, edit.list);
    return isSeq(list) ? text.insert(list as ListNode, edit.index, edit.value) : null;
  }
  const key = edit.path.at(-1) as string | number;
  const parent = nodeAt(document.contents, edit.path.slice(0, -1));
  if (edit.kind === "remove") return isSeq(parent) ? text.removeItem(parent as ListNode, key as number) : text.removePair(parent, key);
  if (parent === null && edit.path.length === 1) return text.append(writePair(String(key), edit.value));
  if (isSeq(parent)) return text.replaceItem(parent as ListNode, key as number, edit.value);
  if (!isMap(parent)) return null;
  const pair = findPair(parent as MapNode, key);
  return pair === undefined
    ? text.addPair(parent as MapNode, String(key), edit.value)
    : text.replacePair(parent as MapNode, pair, edit.value);
}

function nodeAt(root: ParsedNode | null, path: KeyPath): ParsedNode | null {
  return path.reduce<ParsedNode | null>((node, step) => {
    if (isMap(node)) return findPair(node as MapNode, step)?.value ?? null;
    return isSeq(node) ? ((node as ListNode).items[step as number] ?? null) : null;
  }, root);
}

function findPair(map: MapNode, key: string | number): PairNode | undefined {
  return map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key));
}

class Splicer {
  readonly #yaml: string;

  constructor(yaml: string) {
    this.#yaml = yaml;
  }

  append(line: string): string {
    return this.#yaml === "" || this.#yaml.endsWith("\n") ? `${this.#yaml}${line}` : `${this.#yaml}\n${line}`;
  }

  addPair(map: MapNode, key: string, value: Json): string | null {
    const last = map.items.at(-1);
    const first = map.items[0];
    if (last === undefined || first === undefined) return null;
    if (map.flow) return this.#replace(endOf(last), endOf(last), `, ${writeFlow(key)}: ${writeFlow(value)}`);
    return this.#insertLines(map.range[1], indentLines(writePair(key, value), this.#columnOf(first.key.range[0])));
  }

  replacePair(map: MapNode, { key, value: old }: PairNode, value: Json): string | null {
    if (old === null) return null;
    if (isScalar(old) && isSingle(value) && this.#isOneLine(old)) return this.#replaceScalar(old, value);
    if (map.flow) return this.#replace(old.range[0], old.range[1], writeFlow(value));
    return this.#replaceBlock(key, old, value);
  }

  replaceItem(list: ListNode, index: number, value: Json): string | null {
    const old = list.items[index];
    if (old === undefined) return null;
    if (isScalar(old) && isSingle(value) && this.#isOneLine(old)) return this.#replaceScalar(old, value);
    if (list.flow) return this.#replace(old.range[0], old.range[1], writeFlow(value));
    const dash = this.#dashOf(old);
    if (!this.#isIndentation(dash)) return null;
    return this.#replace(this.#lineStart(dash), this.#endOfContent(old.range[1]), this.#itemLines(list, value));
  }

  insert(list: ListNode, index: number, value: Json): string | null {
    const before = list.items[index - 1];
    const after = list.items[index];
    if (list.flow) {
      if (after !== undefined) return this.#replace(after.range[0], after.range[0], `${writeFlow(value)}, `);
      return before === undefined ? null : this.#replace(before.range[1], before.range[1], `, ${writeFlow(value)}`);
    }
    const lines = this.#itemLines(list, value);
    if (after === undefined) return this.#insertLines(list.range[1], lines);
    const dash = this.#lineStart(this.#dashOf(after));
    return this.#replace(dash, dash, `${lines}\n`);
  }

  removePair(map: ParsedNode | null, key: string | number): string | null {
    if (!isMap(map)) return null;
    const { items } = map as MapNode;
    const index = items.findIndex((pair) => isScalar(pair.key) && String(pair.key.value) === String(key));
    const pair = items[index];
    if (pair === undefined) return null;
    const start = pair.key.range[0];
    const next = items[index + 1]?.key.range[0];
    const previous = items[index - 1];
    if (map.flow) return this.#removeBetween(start, endOf(pair), previous === undefined ? null : endOf(previous), next ?? null);
    if (this.#isIndentation(start)) return this.#removeLines(start, endOf(pair));
    // The first key stands behind the dash of its list item: the next one takes its place.
    return next === undefined ? null : this.#replace(start, next, "");
  }

  removeItem({ items, flow }: ListNode, index: number): string | null {
    const item = items[index];
    if (item === undefined) return null;
    const previous = items[index - 1];
    if (flow) return this.#removeBetween(item.range[0], item.range[1], previous?.range[1] ?? null, items[index + 1]?.range[0] ?? null);
    const dash = this.#dashOf(item);
    return this.#isIndentation(dash) ? this.#removeLines(dash, item.range[1]) : null;
  }

  #replaceScalar(old: Scalar.Parsed, value: Json): string {
    const [start, end] = old.range;
    // `key:` without a value: there may be no space to put it behind.
    const space = start === end && this.#yaml[start - 1] === ":" ? " " : "";
    return this.#replace(start, end, space + writeScalar(value, old));
  }

  /** Everything behind `key:`, on its line or on lines of its own. */
  #replaceBlock(key: ParsedNode, old: ParsedNode, value: Json): string {
    const written = writePair("key", value).slice("key:".length);
    const end = this.#endOfContent(old.range[1]);
    const start = this.#yaml.indexOf(":", key.range[1]) + 1;
    const indented = written.startsWith("\n") ? `\n${indentLines(written.slice(1), this.#columnOf(key.range[0]))}` : written;
    return this.#replace(start, Math.max(start, end), indented);
  }

  #itemLines(list: ListNode, value: Json): string {
    return indentLines(writeItem(value), this.#columnOf(list.range[0]));
  }

  /** Without the newline that collections of lines end with. */
  #endOfContent(end: number): number {
    return this.#yaml[end - 1] === "\n" ? end - 1 : end;
  }

  #removeBetween(start: number, end: number, previousEnd: number | null, nextStart: number | null): string | null {
    if (nextStart !== null) return this.#replace(start, nextStart, "");
    return previousEnd === null ? null : this.#replace(previousEnd, end, "");
  }

  #removeLines(start: number, end: number): string {
    const from = this.#lineStart(start);
    const to = this.#afterLine(end);
    if (to < this.#yaml.length || from === 0) return this.#replace(from, to, "");
    // The last line goes with the newline before it.
    return this.#replace(from - 1, to, "");
  }

  #insertLines(end: number, lines: string): string {
    const at = this.#afterLine(end);
    const text = this.#yaml;
    return text[at - 1] === "\n" ? this.#replace(at, at, `${lines}${at < text.length ? "\n" : ""}`) : this.#replace(at, at, `\n${lines}`);
  }

  /** The start of the line below `end`, which is inside of a line or behind its newline already. */
  #afterLine(end: number): number {
    if (this.#yaml[end - 1] === "\n") return end;
    const newline = this.#yaml.indexOf("\n", end);
    return newline === -1 ? this.#yaml.length : newline + 1;
  }

  #lineStart(offset: number): number {
    return this.#yaml.lastIndexOf("\n", offset - 1) + 1;
  }

  #columnOf(offset: number): number {
    return offset - this.#lineStart(offset);
  }

  #dashOf(item: ParsedNode): number {
    return this.#yaml.lastIndexOf("-", item.range[0] - 1);
  }

  #isIndentation(offset: number): boolean {
    return this.#yaml.slice(this.#lineStart(offset), offset).trim() === "";
  }

  #isOneLine({ range: [start, end] }: Scalar.Parsed): boolean {
    return !this.#yaml.slice(start, end).includes("\n");
  }

  #replace(start: number, end: number, text: string): string {
    return this.#yaml.slice(0, start) + text + this.#yaml.slice(end);
  }
}

function endOf({ key, value }: PairNode): number {
  return value === null ? key.range[1] : Math.max(value.range[1], key.range[1]);
}

function isSingle(value: Json): boolean {
  return typeof value !== "object" || value === null;
}
