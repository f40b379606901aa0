import type { Json, Path } from "../editor/json-path.ts";
import { isMap } from "../editor/json-path.ts";

/** What the value of a variable stands for (ENV-1). */
export type EnvKind = "literal" | "prompt" | "host";

export interface EnvRow {
  readonly name: string;
  readonly kind: EnvKind;
  /** The literal, the question, or the text with `${NAME}`. */
  readonly text: string;
}

const HOST_VAR = /\$\{[^}]*\}/;

export function envKind(value: string): EnvKind {
  if (value.startsWith("?")) return "prompt";
  return HOST_VAR.test(value) ? "host" : "literal";
}

/** The rows of an `env` map, and the names whose value only the source can show. */
export function envRows(env: Json | undefined): { rows: EnvRow[]; others: string[] } {
  const entries = isMap(env) ? Object.entries(env) : [];
  const rows = entries.flatMap(([name, value]) => {
    if (typeof value !== "string") return [];
    const kind = envKind(value);
    return [{ name, kind, text: kind === "prompt" ? value.slice(1).trimStart() : value }];
  });
  return { rows, others: entries.filter(([, value]) => typeof value !== "string").map(([name]) => name) };
}

export function envValue(kind: EnvKind, text: string): string {
  return kind === "prompt" ? `?${text}` : text;
}

/** The same variable as another kind: what was typed is kept where it still means something. */
export function asKind({ name, text }: EnvRow, kind: EnvKind): string {
  if (kind === "prompt") return envValue("prompt", HOST_VAR.test(text) || text === "" ? `Value of ${name}` : text);
  if (kind === "host") return HOST_VAR.test(text) ? text : `\${${name}}`;
  return HOST_VAR.test(text) ? text.replaceAll(/[${}]/g, "") : text;
}

export const envKindWords: Record<EnvKind, { label: string; hint: string }> = {
  literal: { label: "text", hint: "Written as it is. Not for credentials: the agent can read it." },
  prompt: { label: "asked at start", hint: "This question is asked whenever a bottle starts." },
  host: { label: "host variable", hint: `\${NAME} is replaced by that variable of your own environment at start.` },
};

const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Why a name cannot be added, or null. */
export function envNameFault(name: string, taken: readonly string[]): string | null {
  if (name === "") return null;
  if (!ENV_NAME.test(name)) return "Letters, digits and _ only, not a digit first.";
  return taken.includes(name) ? `${name} is there already.` : null;
}

export const ENV_PATH: Path = ["env"];
