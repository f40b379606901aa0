/** A JSON value: what `JSON.parse` can return. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * One text per value: keys sorted by code unit, no white space, numbers and strings as JSON.stringify writes them. What is
 * hashed on one side of the control channel is hashed alike on the other, in whatever order the fields were built.
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== "object") return scalar(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] as Json)}`);
  return `{${members.join(",")}}`;
}

function scalar(value: null | boolean | number | string): string {
  // JSON.stringify writes NaN and Infinity as null: two different values would then be one text.
  if (typeof value === "number" && !Number.isFinite(value)) throw new TypeError("not a JSON number");
  return JSON.stringify(value);
}

function isList(value: readonly Json[] | { readonly [key: string]: Json }): value is readonly Json[] {
  return Array.isArray(value);
}
