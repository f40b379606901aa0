const OPENS_BLOCK = /:\s*(?:#.*)?$|[|>][-+0-9]*\s*$/;

/** How far the line after `line` is indented: deeper below a key without a value, and under the first key of a list item. */
export function indentAfter(line: string): number {
  const [dashes = ""] = /^\s*(?:-\s+)*/.exec(line) ?? [];
  if (line.trim() === "" || line.trim().startsWith("#")) return line.search(/\S|$/);
  return dashes.length + (OPENS_BLOCK.test(line) ? 2 : 0);
}
