/** JSON as a frontmatter holds it. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonMap = { [key: string]: Json };
export type KeyPath = readonly (string | number)[];

/** A change as the form of an editor tells it; null removes. */
export interface Change {
  readonly path: readonly string[];
  readonly value: Json;
}

/** One small step of the text: `set` replaces a value or adds a key to a map that exists. */
export type Edit =
  | { readonly kind: "set"; readonly path: KeyPath; readonly value: Json }
  | { readonly kind: "insert"; readonly list: KeyPath; readonly index: number; readonly value: Json }
  | { readonly kind: "remove"; readonly path: KeyPath };

/** The path leads into a list behind its end. */
export class NoSuchItem extends Error {}

/** The smallest steps from `model` to the same with `change`: what stays equal is not touched, and so keeps its comments. */
export function expandChange(model: JsonMap, change: Change): Edit[] {
  const { path, value, exists } = resolvePath(model, change);
  if (value === null) return exists ? removal(model, path) : [];
  if (exists) return difference(path, valueAt(model, path) as Json, value);
  const key = path.at(-1) as string | number;
  const parent = path.slice(0, -1);
  // `routes: []` has no line to add one below: it becomes a list of lines as a whole.
  if (parent.length > 0 && isEmpty(valueAt(model, parent) as object)) {
    return [{ kind: "set", path: parent, value: typeof key === "number" ? [value] : { [key]: value } }];
  }
  return typeof key === "number" ? [{ kind: "insert", list: parent, index: key, value }] : [{ kind: "set", path, value }];
}

interface Resolved {
  readonly path: KeyPath;
  readonly value: Json;
  readonly exists: boolean;
}

/** The path with indexes as numbers, up to where something is missing; what lies deeper becomes part of the value. */
function resolvePath(model: JsonMap, { path, value }: Change): Resolved {
  const resolved: (string | number)[] = [];
  let at: Json = model;
  for (const [depth, step] of path.entries()) {
    if (!isMap(at) && !Array.isArray(at)) return { path: resolved, value: nest(path, depth, value), exists: true };
    const key: string | number = Array.isArray(at) ? indexIn(at, step) : step;
    resolved.push(key);
    const next: Json | undefined = Array.isArray(at) ? at[key as number] : ownValue(at, step);
    if (next === undefined) return { path: resolved, value: nest(path, depth + 1, value), exists: false };
    at = next;
  }
  return { path: resolved, value: withoutNulls(value), exists: true };
}

function indexIn(list: readonly Json[], step: string): number {
  const index = /^\d{1,4}$/.test(step) ? Number(step) : Number.NaN;
  if (!(index <= list.length)) throw new NoSuchItem(step);
  return index;
}

/** `value` below the rest of its path; removing what is not there stays a removal. */
function nest(path: readonly string[], depth: number, value: Json): Json {
  if (value === null) return null;
  return path.slice(depth).reduceRight<Json>((below, step, index) => {
    // A repository may be called 0; everything else that is counted is a list.
    const list = step === "0" && path[depth + index - 1] !== "repos";
    return list ? [below] : { [step]: below };
  }, withoutNulls(value));
}

function withoutNulls(value: Json): Json {
  if (!isMap(value)) return Array.isArray(value) ? value.map(withoutNulls) : value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, child]) => (child === null ? [] : [[key, withoutNulls(child)]])));
}

/** The last of a map or list leaves an empty one: an absent one would be inherited, and grant what was just taken (MAN-7). */
function removal(model: JsonMap, path: KeyPath): Edit[] {
  const parentPath = path.slice(0, -1);
  const parent = valueAt(model, parentPath) as Json;
  const last = parentPath.length > 0 && Object.keys(parent as object).length === 1;
  return last ? [{ kind: "set", path: parentPath, value: Array.isArray(parent) ? [] : {} }] : [{ kind: "remove", path }];
}

function difference(path: KeyPath, before: Json, after: Json): Edit[] {
  if (isEqual(before, after)) return [];
  if (isMap(before) && isMap(after) && !isEmpty(before) && !isEmpty(after)) return mapDifference(path, before, after);
  if (Array.isArray(before) && Array.isArray(after) && !isEmpty(before) && !isEmpty(after)) return listDifference(path, before, after);
  return [{ kind: "set", path, value: after }];
}

function mapDifference(path: KeyPath, before: JsonMap, after: JsonMap): Edit[] {
  const set = Object.entries(after).flatMap(([key, value]): Edit[] => {
    const old = ownValue(before, key);
    return old === undefined ? [{ kind: "set", path: [...path, key], value }] : difference([...path, key], old, value);
  });
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  return [...set, ...gone.map((key): Edit => ({ kind: "remove", path: [...path, key] }))];
}

/** What is equal at both ends stays; in between items are changed one by one, then added or removed. */
function listDifference(path: KeyPath, before: readonly Json[], after: readonly Json[]): Edit[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && isEqual(before[start] as Json, after[start] as Json)) start += 1;
  let end = 0;
  while (end < shorter - start && isEqual(before.at(-1 - end) as Json, after.at(-1 - end) as Json)) end += 1;
  const common = shorter - end;
  const changed = range(start, common).flatMap((index) => difference([...path, index], before[index] as Json, after[index] as Json));
  const added = range(common, after.length - end).map(
    (index): Edit => ({ kind: "insert", list: path, index, value: after[index] as Json }),
  );
  const removed = range(common, before.length - end).map((index): Edit => ({ kind: "remove", path: [...path, index] }));
  return [...changed, ...added, ...removed.reverse()];
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}

export function valueAt(model: Json, path: KeyPath): Json | undefined {
  return path.reduce<Json | undefined>((at, step) => {
    if (Array.isArray(at)) return at[step as number];
    return isMap(at) ? ownValue(at, String(step)) : undefined;
  }, model);
}

function ownValue(map: JsonMap, key: string): Json | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

export function isMap(value: Json | undefined): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}

/** The order of a map's keys says nothing. */
export function isEqual(a: Json | undefined, b: Json | undefined): boolean {
  if (isMap(a) && isMap(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key], b[key]));
  }
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => isEqual(item, b[index]));
  return a === b;
}
