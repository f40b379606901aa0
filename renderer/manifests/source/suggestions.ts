import type { CursorSpot } from "./cursor-spot.ts";
import type { OutlineEntry } from "./frontmatter-outline.ts";
import { samePath } from "./frontmatter-outline.ts";
import type { JsonSchema } from "./json-schema.ts";
import { kindWord, schemaAt, valuesOf } from "./json-schema.ts";

/** Names that exist, by what may be named. */
export interface KnownNames {
  readonly bottles: readonly string[];
  readonly providers: readonly string[];
  readonly skills: readonly string[];
  readonly tokenRefs: readonly string[];
}

export interface Suggestion {
  readonly label: string;
  readonly kind: "key" | "value" | "name";
  /** At the right of the list: the kind of value, or of thing named. */
  readonly detail: string;
  readonly info: string | null;
  /** What is written; CURSOR marks where the cursor goes. */
  readonly template: string;
}

/** Where the cursor goes in what is written. */
export const CURSOR = `\${}`;

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** The names that belong at a path, and the word for what they name. */
function namesAt(path: readonly string[], names: KnownNames): { names: readonly string[]; what: string } | null {
  const [last = "", parent = ""] = path.toReversed();
  if (path.length === 1 && (last === "extends" || last === "bottle")) return { names: names.bottles, what: "bottle" };
  if (parent === "agent_provider" && last === "template") return { names: names.providers, what: "provider" };
  if (last === "auth_token" || last === "token_ref" || last === "identity") return { names: names.tokenRefs, what: "token ref" };
  if (path[0] === "skills" && path.length === 2) return { names: names.skills, what: "skill" };
  if (parent === "methods") return { names: METHODS, what: "method" };
  return null;
}

function keyTemplate(key: string, schema: JsonSchema, { indent, inFlow }: CursorSpot): string {
  if (inFlow) return `${key}: ${CURSOR}`;
  const deeper = `\n${" ".repeat(indent + 2)}`;
  if (schema.type === "array") return schema.items?.type === "object" ? `${key}:${deeper}- ${CURSOR}` : `${key}: [${CURSOR}]`;
  return schema.type === "object" ? `${key}:${deeper}${CURSOR}` : `${key}: ${CURSOR}`;
}

function keySuggestions(spot: CursorSpot, schema: JsonSchema, written: ReadonlySet<string>): Suggestion[] {
  return Object.entries(schema.properties ?? {})
    .filter(([key, value]) => !written.has(key) && !("not" in value))
    .map(([key, value]) => ({
      label: key,
      kind: "key",
      detail: schema.required?.includes(key) ? `${kindWord(value)} · required` : kindWord(value),
      info: value.description ?? null,
      template: keyTemplate(key, value, spot),
    }));
}

function valueSuggestions(path: readonly string[], schema: JsonSchema, names: KnownNames): Suggestion[] {
  const known = namesAt(path, names);
  if (known)
    return known.names.map((name) => ({ label: name, kind: "name", detail: known.what, info: schema.description ?? null, template: name }));
  return valuesOf(schema).map((value) => ({
    label: value,
    kind: "value",
    detail: "",
    info: schema.description ?? null,
    template: value,
  }));
}

/** What fits at the cursor: keys that the map does not have yet, values of a choice, names of what exists (MAN-10). */
export function suggestionsAt(spot: CursorSpot, schema: JsonSchema, outline: readonly OutlineEntry[], names: KnownNames): Suggestion[] {
  const here = schemaAt(schema, spot.path);
  if (!here) return [];
  if (spot.kind === "value") return valueSuggestions(spot.path, here, names);
  const written = new Set(
    outline
      .filter(({ path }) => path.length === spot.path.length + 1 && samePath(path.slice(0, -1), spot.path))
      .map(({ path }) => path.at(-1) ?? "")
      .filter((key) => key !== spot.word),
  );
  const isItem = /^\d+$/.test(spot.path.at(-1) ?? "");
  return [...keySuggestions(spot, here, written), ...(isItem ? valueSuggestions(spot.path, here, names) : [])];
}
