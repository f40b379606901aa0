import { z } from "zod";
import { closest } from "./suggestion.ts";
import type { Path } from "./yaml-mapping.ts";

/** One thing that is wrong with a value, and the path to it. Messages name keys and never repeat values: one may be a secret. */
export interface Finding {
  readonly path: Path;
  readonly message: string;
}

/** Keys of other names in earlier versions, and where they went. */
const MOVED: Readonly<Record<string, string>> = { git: 'the key "git" is now "git-gate"' };

export function explainIssues(schema: z.ZodType, issues: readonly z.core.$ZodIssue[], value: unknown): Finding[] {
  const emptyMaps = new Set<string>();
  return issues.flatMap((issue) => {
    const parent = issue.path.slice(0, -1);
    if (parent.length > 0 && isEmptyMap(valueAt(value, parent))) return once(emptyMaps, parent, () => emptyMap(parent, issues));
    if (issue.code !== "unrecognized_keys") return [{ path: issue.path, message: `${showPath(issue.path)} ${explain(issue)}` }];
    const allowed = allowedKeys(schema, issue.path);
    return issue.keys.map((key) => ({ path: [...issue.path, key], message: unknownKey(issue.path, key, allowed) }));
  });
}

function once(said: Set<string>, path: Path, finding: () => Finding): Finding[] {
  const key = showPath(path);
  if (said.has(key)) return [];
  said.add(key);
  return [finding()];
}

/** All that a map without any key lacks, in one sentence. */
function emptyMap(path: Path, issues: readonly z.core.$ZodIssue[]): Finding {
  const lacking = issues.filter(
    (issue) => issue.path.length === path.length + 1 && path.every((step, index) => issue.path[index] === step),
  );
  const keys = lacking.map((issue) => String(issue.path.at(-1))).join(" and ");
  return { path, message: `${showPath(path)} is empty; give ${keys}, or leave it out` };
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, step) => (typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[step] : undefined),
    value,
  );
}

function isEmptyMap(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

const PLAIN_KEY = /^[\w-]+$/;

/** `egress.routes[0].host`; the top level is "the manifest". */
function showPath(path: Path): string {
  if (path.length === 0) return "the manifest";
  return path.reduce<string>((shown, step) => {
    if (typeof step === "number") return `${shown}[${step}]`;
    if (!PLAIN_KEY.test(String(step))) return `${shown}["${String(step)}"]`;
    return shown === "" ? String(step) : `${shown}.${String(step)}`;
  }, "");
}

function explain(issue: Exclude<z.core.$ZodIssue, z.core.$ZodIssueUnrecognizedKeys>): string {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return "is required";
      return issue.expected === "never" ? issue.message : wrongType(issue.expected, issue.input);
    case "invalid_value": {
      const choice = `${issue.values.length === 1 ? "" : "one of "}${issue.values.map(String).join(", ")}`;
      return issue.input === undefined ? `is required: ${choice}` : `must be ${choice}`;
    }
    case "invalid_key":
      return issue.issues[0]?.message ?? "is not a valid name";
    default:
      return issue.message;
  }
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: "text",
  boolean: "true or false",
  number: "a number",
  int: "a whole number",
  array: "a list",
  object: "a map of keys",
  record: "a map of keys",
};

function wrongType(expected: string, value: unknown): string {
  // A fraction, or endless: "not a number" would be no explanation.
  if (typeof value === "number" && expected === "int") return "must be a whole number";
  if (typeof value === "number" && expected === "number") return "must be a finite number";
  const quotes = expected === "string" && (typeof value === "number" || typeof value === "boolean") ? "; put it in quotes" : "";
  return `must be ${TYPE_NAMES[expected] ?? expected}, not ${typeOf(value)}${quotes}`;
}

function typeOf(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  if (typeof value === "boolean") return String(value);
  return typeof value === "string" ? "text" : "a number";
}

function unknownKey(parent: Path, key: string, allowed: readonly string[]): string {
  const moved = parent.length === 0 && Object.hasOwn(MOVED, key) ? MOVED[key] : undefined;
  if (moved !== undefined) return `${moved}; allowed keys: ${allowed.join(", ")}`;
  const meant = closest(key, allowed);
  const where = parent.length === 0 ? "" : ` in ${showPath(parent)}`;
  return `unknown key "${key}"${where}${meant === null ? "" : ` (did you mean "${meant}"?)`}; allowed keys: ${allowed.join(", ")}`;
}

function allowedKeys(schema: z.ZodType, path: Path): string[] {
  const object = path.reduce<z.core.$ZodType | undefined>(
    (at, step) => (at === undefined ? undefined : childSchema(unwrap(at), step)),
    schema,
  );
  const target = object === undefined ? undefined : unwrap(object);
  if (!(target instanceof z.ZodObject)) return [];
  return Object.entries(target.shape as z.core.$ZodShape).flatMap(([key, value]) => (unwrap(value) instanceof z.ZodNever ? [] : [key]));
}

function childSchema(schema: z.core.$ZodType, step: PropertyKey): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) return (schema.shape as z.core.$ZodShape)[String(step)];
  if (schema instanceof z.ZodArray) return schema.element;
  return schema instanceof z.ZodRecord ? schema.valueType : undefined;
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodOptional ? unwrap(schema.unwrap()) : schema;
}
