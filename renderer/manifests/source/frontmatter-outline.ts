/** One key or list item of a frontmatter in block style: where it stands, by its path from the top. */
export interface OutlineEntry {
  readonly path: readonly string[];
  /** Counted from 1 in the whole file. */
  readonly line: number;
  readonly column: number;
}

interface Frame {
  readonly indent: number;
  readonly isItem: boolean;
  readonly path: readonly string[];
  items: number;
}

const KEY = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#[\]{},&*!|>%@`"'-][^#:]*?|-[^\s#:][^#:]*?)\s*:(?=\s|$)/;
const ITEM = /^-(?:\s+|$)/;
const BLOCK_SCALAR = /^[|>][-+0-9]*\s*(?:#.*)?$/;
export const FENCE = /^---[ \t]*$/;

/** No key is longer, and the pattern must not be let loose on a line of a hundred thousand spaces. */
const MAX_KEY = 400;

/** The key that a line's rest starts with, and the offset at which its value does; null where there is none. */
export function leadingKey(rest: string): { key: string; valueAt: number } | null {
  const written = KEY.exec(rest.slice(0, MAX_KEY))?.[1];
  if (written === undefined) return null;
  const key = /^(["']).*\1$/.test(written) ? written.slice(1, -1) : written;
  return { key, valueAt: rest.indexOf(":", written.length) + 1 };
}

/**
 * Follows the indentation of a YAML text line by line. It needs no valid YAML, so it knows where the cursor is while a line is half
 * written; whether the text is right is for the validator to say.
 */
export class IndentationWalk {
  readonly entries: OutlineEntry[] = [];
  #frames: Frame[] = [];
  /** Lines indented deeper belong to a block of text. */
  #textIndent: number | null = null;

  read(text: string, line: number): void {
    const indent = text.search(/\S/);
    if (indent === -1 || text[indent] === "#") return;
    if (this.#textIndent !== null && indent > this.#textIndent) return;
    this.#textIndent = null;
    const { column, rest } = this.readItems(text, line);
    const found = leadingKey(rest);
    if (found === null) return;
    const path = [...this.containerAt(column), found.key];
    this.#frames.push({ indent: column, isItem: false, path, items: 0 });
    this.entries.push({ path, line, column: column + 1 });
    if (BLOCK_SCALAR.test(rest.slice(found.valueAt).trim())) this.#textIndent = column;
  }

  /** Takes the dashes at the start of a line; what comes after them stands at `column`. */
  readItems(text: string, line: number): { column: number; rest: string } {
    let column = Math.max(0, text.search(/\S|$/));
    let rest = text.slice(column);
    for (let dash = ITEM.exec(rest); dash; dash = ITEM.exec(rest)) {
      this.#startItem(column, line);
      column += dash[0].length;
      rest = rest.slice(dash[0].length);
    }
    return { column, rest };
  }

  #startItem(column: number, line: number): void {
    // A list may stand as far left as the key it belongs to.
    this.#frames = this.#frames.filter((frame) => frame.indent < column || (frame.indent === column && !frame.isItem));
    const parent = this.#frames.at(-1);
    const path = [...(parent?.path ?? []), String(parent?.items ?? 0)];
    if (parent) parent.items += 1;
    this.#frames.push({ indent: column, isItem: true, path, items: 0 });
    this.entries.push({ path, line, column: column + 1 });
  }

  /** The path of the map whose keys stand at `column` from here on. */
  containerAt(column: number): readonly string[] {
    this.#frames = this.#frames.filter((frame) => frame.indent < column);
    return this.#frames.at(-1)?.path ?? [];
  }

  get inText(): number | null {
    return this.#textIndent;
  }
}

/** The lines between the two fences, from line 2; null where there is no frontmatter. */
export function frontmatterLines(source: string): { lines: string[]; closed: boolean } | null {
  const lines = source.split(/\r\n?|\n/);
  if (!FENCE.test(lines[0] ?? "")) return null;
  const end = lines.findIndex((line, index) => index > 0 && FENCE.test(line));
  return { lines: lines.slice(1, end === -1 ? undefined : end), closed: end !== -1 };
}

export function outlineOf(source: string): readonly OutlineEntry[] {
  const walk = new IndentationWalk();
  for (const [index, line] of (frontmatterLines(source)?.lines ?? []).entries()) walk.read(line, index + 2);
  return walk.entries;
}

export function samePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((step, index) => step === b[index]);
}

/** The line of what `path` leads to, or of its nearest parent that is written; line 1 where none is. */
export function lineOf(outline: readonly OutlineEntry[], path: readonly string[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const wanted = path.slice(0, length);
    const found = outline.find((entry) => samePath(entry.path, wanted));
    if (found) return found.line;
  }
  return 1;
}
