/** A table of TOML, as far as a configuration of ours needs it: values first, then the tables below it. */
export interface TomlTable {
  readonly [key: string]: string | number | boolean | TomlTable;
}

/** The text of a TOML 1.0 file. Keys and strings may hold anything: both are quoted where they have to be. */
export function writeToml(table: TomlTable): string {
  return tableLines(table, []).join("\n").concat("\n");
}

function tableLines(table: TomlTable, path: readonly string[]): string[] {
  const entries = Object.entries(table);
  const values = entries.flatMap(([key, value]) => (typeof value === "object" ? [] : [`${writeKey(key)} = ${writeValue(value)}`]));
  const header = path.length === 0 || values.length === 0 ? [] : ["", `[${path.map(writeKey).join(".")}]`];
  return [...header, ...values, ...entries.flatMap(([key, value]) => (typeof value === "object" ? tableLines(value, [...path, key]) : []))];
}

function writeKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : quote(key);
}

function writeValue(value: string | number | boolean): string {
  return typeof value === "string" ? quote(value) : String(value);
}

/** JSON's escapes are TOML's, but for DEL, which JSON leaves as it is, and lone surrogates, which TOML has no escape for. */
function quote(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll("\x7f", "\\u007f");
}
