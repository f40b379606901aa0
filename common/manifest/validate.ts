import type { z } from "zod";
import { AgentFrontmatter } from "./agent-schema.ts";
import { BottleFrontmatter } from "./bottle-schema.ts";
import type { Finding } from "./explain-issues.ts";
import { explainIssues } from "./explain-issues.ts";
import { ProviderDeclaration } from "./provider-schema.ts";
import type { Path } from "./yaml-mapping.ts";

/** The outcome of checking a plain object, whether it came out of a file, a test or an import (MAN-9). */
export type Validated<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly findings: readonly Finding[] };

export function validateBottle(value: unknown): Validated<BottleFrontmatter> {
  return validate(BottleFrontmatter, value);
}

export function validateAgent(value: unknown): Validated<AgentFrontmatter> {
  return validate(AgentFrontmatter, value);
}

export function validateProvider(value: unknown): Validated<ProviderDeclaration> {
  return validate(ProviderDeclaration, value);
}

function validate<S extends z.ZodType>(schema: S, value: unknown): Validated<z.output<S>> {
  if (hasReservedKey(value)) return { ok: false, findings: reservedKeys(value, []) };
  const result = schema.safeParse(value, { reportInput: true });
  return result.success ? { ok: true, value: result.data } : { ok: false, findings: explainIssues(schema, result.error.issues, value) };
}

/** Looked for in every manifest, so without making anything. */
function hasReservedKey(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some(hasReservedKey);
  for (const key of Object.keys(value)) {
    if (key === "__proto__" || hasReservedKey((value as Record<string, unknown>)[key])) return true;
  }
  return false;
}

/** `__proto__` would be skipped by the schema without a word wherever names are free, and must never reach a merge. */
function reservedKeys(value: unknown, path: Path): Finding[] {
  if (typeof value !== "object" || value === null) return [];
  const entries: [PropertyKey, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([key, child]) =>
    key === "__proto__" ? [{ path: [...path, key], message: 'the key "__proto__" is not allowed' }] : reservedKeys(child, [...path, key]),
  );
}
