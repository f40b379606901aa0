import { frontmatterLines, IndentationWalk, leadingKey } from "./frontmatter-outline.ts";

/** What could be written where the cursor is. */
export interface CursorSpot {
  /** `node`: a key of the map at `path`, or a scalar item if the schema wants one; `value`: what comes after the key that `path` ends in. */
  readonly kind: "node" | "value";
  readonly path: readonly string[];
  /** Offset in the file at which the word under the cursor starts. */
  readonly from: number;
  readonly word: string;
  /** Column of the word: what a nested block is indented from. */
  readonly indent: number;
  /** Inside `[…]` or `{…}`. */
  readonly inFlow: boolean;
}

interface FlowPlace {
  readonly path: readonly string[];
  readonly kind: "node" | "value";
  /** Within the scanned text. */
  readonly from: number;
}

interface Flow {
  readonly isMap: boolean;
  readonly path: readonly string[];
  items: number;
  key: string | null;
}

/** Where the end of an open `[…` or `{…` is; null where every bracket is closed or a quote is open. */
function flowPlace(text: string, path: readonly string[]): FlowPlace | null {
  const open: Flow[] = [];
  let from = 0;
  let quote: string | null = null;
  const here = (flow: Flow) => [...flow.path, flow.isMap ? (flow.key ?? "") : String(flow.items)];
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    const flow = open.at(-1);
    if (quote !== null) {
      if (character === quote) quote = null;
    } else if (character === '"' || character === "'") quote = character;
    else if (character === "[" || character === "{") {
      open.push({ isMap: character === "{", path: flow ? here(flow) : path, items: 0, key: null });
      from = index + 1;
    } else if (character === "]" || character === "}") open.pop();
    else if (character === "," && flow) {
      flow.items += 1;
      flow.key = null;
      from = index + 1;
    } else if (character === ":" && flow?.isMap && flow.key === null) {
      flow.key = text.slice(from, index).trim();
      from = index + 1;
    }
  }
  const flow = open.at(-1);
  if (!flow || quote !== null) return null;
  if (!flow.isMap) return { kind: "node", path: here(flow), from };
  return flow.key === null ? { kind: "node", path: flow.path, from } : { kind: "value", path: here(flow), from };
}

function word(lineStart: number, before: string, from: number, place: Pick<CursorSpot, "kind" | "path" | "inFlow">): CursorSpot {
  const skipped = before.slice(from).search(/\S|$/);
  const at = from + skipped;
  return { ...place, from: lineStart + at, word: before.slice(at), indent: at };
}

/** The spot at an offset of a manifest's text; null in the body, in a comment and inside a block of text. */
export function cursorSpot(source: string, offset: number): CursorSpot | null {
  const frontmatter = frontmatterLines(source);
  const lineStart = source.lastIndexOf("\n", offset - 1) + 1;
  const index = source.slice(0, lineStart).split("\n").length - 2;
  if (!frontmatter || index < 0 || index >= frontmatter.lines.length) return null;
  const walk = new IndentationWalk();
  for (const [at, line] of frontmatter.lines.slice(0, index).entries()) walk.read(line, at + 2);
  const before = source.slice(lineStart, offset);
  if (/(^|\s)#/.test(before)) return null;
  const indentHere = before.search(/\S|$/);
  if (walk.inText !== null && indentHere > walk.inText) return null;
  const { column, rest } = walk.readItems(before, index + 2);
  const container = walk.containerAt(column);
  const found = leadingKey(rest);
  const value = found === null ? "" : rest.slice(found.valueAt);
  // Right after the colon a space is still missing.
  if (found === null || value === "") {
    const flow = flowPlace(rest, container);
    if (flow) return word(lineStart, before, before.length - rest.length + flow.from, { ...flow, inFlow: true });
    return word(lineStart, before, column, { kind: "node", path: container, inFlow: false });
  }
  const path = [...container, found.key];
  const flow = flowPlace(value, path);
  if (flow) return word(lineStart, before, before.length - value.length + flow.from, { ...flow, inFlow: true });
  return word(lineStart, before, before.length - value.length, { kind: "value", path, inFlow: false });
}
