import { isTextKey, NOT_PLAIN, readInlineValue } from "./plain-values.ts";

type YamlMap = Record<string, unknown>;

/**
 * Anything else is either special in YAML or so rare that the exact reader may have it. U+1680 is a space to `trim` and a letter
 * to YAML: a host with one at its end would be allowed by one reader and refused by the other.
 */
const PLAIN_CHARACTERS = /^[\n\x20-\x7e\u00a1-\u167f\u1681-\u1fff\u3001-\ud7ff]*$/;
const KEY = /^([A-Za-z_][\w.-]{0,199}):(?: +(.*))?$/;
const MAX_DEPTH = 20;

/**
 * Reads the YAML that nearly all frontmatters consist of: block maps and lists, values and flow collections of one line. What it
 * returns is what the exact reader would (a property test holds them together); at anything else it gives up with null.
 */
export function parsePlainYaml(yaml: string): YamlMap | null {
  if (!PLAIN_CHARACTERS.test(yaml)) return null;
  try {
    return new PlainReader(yaml).read();
  } catch (error) {
    if (error === NOT_PLAIN) return null;
    throw error;
  }
}

/** Goes through the lines that say something; comments and blank lines are left out from the start. */
class PlainReader {
  readonly #indents: number[] = [];
  readonly #texts: string[] = [];
  #at = 0;

  constructor(yaml: string) {
    for (const line of yaml.split("\n")) {
      const text = line.trim();
      if (text === "" || text.startsWith("#")) continue;
      this.#texts.push(text);
      this.#indents.push(line.indexOf(text));
    }
  }

  read(): YamlMap {
    if (this.#texts.length === 0) return {};
    const map = this.#readMap(0, 1);
    if (this.#at < this.#texts.length) throw NOT_PLAIN;
    return map;
  }

  #readMap(indent: number, depth: number): YamlMap {
    const map: YamlMap = {};
    if (depth > MAX_DEPTH) throw NOT_PLAIN;
    while (this.#indents[this.#at] === indent) {
      const [, key, rest] = KEY.exec(this.#texts[this.#at] as string) ?? [];
      if (key === undefined || !isTextKey(key) || Object.hasOwn(map, key)) throw NOT_PLAIN;
      this.#at += 1;
      map[key] = rest === undefined || rest.startsWith("#") ? this.#readBelow(indent, depth) : this.#readInline(rest, indent);
    }
    this.#refuseDeeper(indent);
    return map;
  }

  /** What stands below a key without a value on its line; a list may be as far left as the key itself. */
  #readBelow(indent: number, depth: number): unknown {
    const next = this.#indents[this.#at] ?? -1;
    const list = this.#isItem();
    if (next > indent) return list ? this.#readList(next, depth + 1) : this.#readMap(next, depth + 1);
    return next === indent && list ? this.#readList(indent, depth + 1) : null;
  }

  #readList(indent: number, depth: number): unknown[] {
    const items: unknown[] = [];
    if (depth > MAX_DEPTH) throw NOT_PLAIN;
    while (this.#indents[this.#at] === indent && this.#isItem()) {
      const text = this.#texts[this.#at] as string;
      const item = text.slice(2);
      if (item === "" || item.startsWith(" ") || item.startsWith("#")) throw NOT_PLAIN;
      if (KEY.test(item)) {
        // The map starts on the line of its dash: as if that were a space.
        this.#texts[this.#at] = item;
        this.#indents[this.#at] = indent + 2;
        items.push(this.#readMap(indent + 2, depth + 1));
      } else {
        this.#at += 1;
        items.push(this.#readInline(item, indent));
      }
    }
    this.#refuseDeeper(indent);
    return items;
  }

  /** A value that ends on its line; deeper lines after it would go on with it. */
  #readInline(text: string, indent: number): unknown {
    this.#refuseDeeper(indent);
    return readInlineValue(text);
  }

  #refuseDeeper(indent: number): void {
    if ((this.#indents[this.#at] ?? -1) > indent) throw NOT_PLAIN;
  }

  #isItem(): boolean {
    const text = this.#texts[this.#at];
    return text !== undefined && (text === "-" || text.startsWith("- "));
  }
}
