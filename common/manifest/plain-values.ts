/** Thrown, always the same one, where a text is not plain: a new error each time would cost more than the reading. */
export const NOT_PLAIN = new Error("not plain YAML");

/** Words that YAML resolves to something else than text, and the one that no map may get as a key. */
const NO_TEXT_KEY = /^(?:null|true|false|__proto__)$/i;

export function isTextKey(key: string): boolean {
  return !NO_TEXT_KEY.test(key);
}

const PLAIN_START = /^[A-Za-z0-9_./$~+(\u00a1-\ud7ff]/;
const AFTER_VALUE = /^ *(?: #.*)?$/;

/** A value that stands after `key:` or `-` on one line, perhaps with a comment behind it. */
export function readInlineValue(text: string): unknown {
  const first = text[0];
  if (first === '"' || first === "'" || first === "[" || first === "{") {
    const flow = new FlowReader(text);
    const value = flow.readValue(1);
    if (!AFTER_VALUE.test(text.slice(flow.at))) throw NOT_PLAIN;
    return value;
  }
  const comment = text.indexOf(" #");
  const plain = comment === -1 ? text : text.slice(0, comment).trimEnd();
  if (!PLAIN_START.test(plain) || plain.includes(": ") || plain.endsWith(":")) throw NOT_PLAIN;
  return resolveScalar(plain);
}

const SHORT_INTEGER = /^(?:0|[1-9][0-9]{0,14})$/;
const NUMBER_LIKE = /^[-+]?(?:[0-9][0-9.eE+-]*|0[xo].*|\.(?:[0-9].*|inf|nan))$/i;

/** The core schema, but for numbers in unusual spellings. */
function resolveScalar(text: string): unknown {
  switch (text) {
    case "true":
    case "True":
    case "TRUE":
      return true;
    case "false":
    case "False":
    case "FALSE":
      return false;
    case "~":
    case "null":
    case "Null":
    case "NULL":
      return null;
  }
  if (SHORT_INTEGER.test(text)) return Number(text);
  if (NUMBER_LIKE.test(text)) throw NOT_PLAIN;
  return text;
}

const MAX_DEPTH = 20;
const FLOW_KEY = /([A-Za-z_][\w.-]{0,199}): +/y;
const FLOW_PLAIN = /[A-Za-z0-9_./$~+(\u00a1-\ud7ff][^,[\]{}#:]*/y;
const QUOTED = /"([^"\\]*)"|'([^']*)'/y;

/** `[a, b]`, `{ a: b }` and quoted text on one line. */
class FlowReader {
  readonly #text: string;
  at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readValue(depth: number): unknown {
    if (depth > MAX_DEPTH) throw NOT_PLAIN;
    switch (this.#text[this.at]) {
      case "[":
        return this.#readList(depth);
      case "{":
        return this.#readMap(depth);
      case '"':
      case "'": {
        const [, double, single] = this.#take(QUOTED);
        return double ?? single;
      }
      default:
        return resolveScalar((this.#take(FLOW_PLAIN)[0] as string).trimEnd());
    }
  }

  #readList(depth: number): unknown[] {
    const items: unknown[] = [];
    this.#readEntries("]", () => items.push(this.readValue(depth + 1)));
    return items;
  }

  #readMap(depth: number): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    this.#readEntries("}", () => {
      const key = this.#take(FLOW_KEY)[1] as string;
      if (!isTextKey(key) || Object.hasOwn(map, key)) throw NOT_PLAIN;
      map[key] = this.readValue(depth + 1);
    });
    return map;
  }

  #readEntries(close: string, readEntry: () => void): void {
    this.at += 1;
    this.#skipSpaces();
    for (let first = true; this.#text[this.at] !== close || !first; first = false) {
      readEntry();
      this.#skipSpaces();
      if (this.#text[this.at] === close) break;
      if (this.#text[this.at] !== ",") throw NOT_PLAIN;
      this.at += 1;
      this.#skipSpaces();
    }
    this.at += 1;
  }

  #take(pattern: RegExp): RegExpExecArray {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.#text);
    if (match === null) throw NOT_PLAIN;
    this.at = pattern.lastIndex;
    return match;
  }

  #skipSpaces(): void {
    while (this.#text[this.at] === " ") this.at += 1;
  }
}
