import { z } from "zod";

/** As much of JSON Schema as an editor reads; the rest is the validator's. */
export interface JsonSchema {
  description?: string | undefined;
  type?: string | undefined;
  enum?: (string | number | boolean)[] | undefined;
  const?: string | number | boolean | undefined;
  properties?: Record<string, JsonSchema> | undefined;
  additionalProperties?: boolean | JsonSchema | undefined;
  items?: JsonSchema | undefined;
  anyOf?: JsonSchema[] | undefined;
  required?: string[] | undefined;
}

const Scalar = z.union([z.string(), z.number(), z.boolean()]);

export const JsonSchema: z.ZodType<JsonSchema> = z.lazy(() =>
  z.looseObject({
    description: z.string().optional(),
    type: z.string().optional(),
    enum: z.array(Scalar).optional(),
    const: Scalar.optional(),
    properties: z.record(z.string(), JsonSchema).optional(),
    additionalProperties: z.union([z.boolean(), JsonSchema]).optional(),
    items: JsonSchema.optional(),
    anyOf: z.array(JsonSchema).optional(),
    required: z.array(z.string()).optional(),
  }),
);

function child(schema: JsonSchema, step: string): JsonSchema | null {
  const own = schema.properties;
  if (own && Object.hasOwn(own, step)) return own[step] ?? null;
  if (schema.items && /^\d+$/.test(step)) return schema.items;
  if (typeof schema.additionalProperties === "object") return schema.additionalProperties;
  return schema.anyOf?.map((each) => child(each, step)).find((found) => found !== null) ?? null;
}

/** What the schema says of the value at a path; null where it knows no such key. */
export function schemaAt(schema: JsonSchema, path: readonly string[]): JsonSchema | null {
  return path.reduce<JsonSchema | null>((at, step) => (at === null ? null : child(at, step)), schema);
}

/** Values of which one must be written; empty where anything may. */
export function valuesOf(schema: JsonSchema): string[] {
  if (schema.enum) return schema.enum.map(String);
  if (schema.const !== undefined) return [String(schema.const)];
  if (schema.type === "boolean") return ["true", "false"];
  return (schema.anyOf ?? []).flatMap(valuesOf);
}

/** `text`, `true or false`, `list`, `map`: what kind of value a key takes. */
export function kindWord(schema: JsonSchema): string {
  const values = valuesOf(schema);
  if (schema.type === "boolean") return "true or false";
  if (values.length > 0) return values.join(" | ");
  const words: Record<string, string> = { string: "text", number: "number", integer: "number", array: "list", object: "map" };
  return words[schema.type ?? ""] ?? "";
}
