import type { MethodInput } from "#common/ipc/contract.ts";

export type Change = MethodInput<"manifests.edit">["changes"][number];
export type Json = Change["value"];
type JsonMap = { [key: string]: Json };
export type Path = readonly string[];

export function isMap(value: Json | undefined): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function child(value: Json | undefined, step: string): Json | undefined {
  if (Array.isArray(value)) return value[Number(step)];
  return isMap(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

/** The value at a path; undefined where nothing is written. */
export function valueAt(root: Json | undefined, path: Path): Json | undefined {
  return path.reduce<Json | undefined>(child, root);
}

function withChild(value: Json | undefined, step: string, next: Json | undefined): Json {
  if (Array.isArray(value)) {
    const index = Number(step);
    if (next === undefined) return value.filter((_, at) => at !== index);
    return value.length <= index ? [...value, next] : value.map((each, at) => (at === index ? next : each));
  }
  const map = isMap(value) ? value : {};
  if (next === undefined) return Object.fromEntries(Object.entries(map).filter(([key]) => key !== step));
  return { ...map, [step]: next };
}

/** The tree as it will be: what a form shows until the edited text is read again. `null` removes, as in `manifests.edit`. */
export function withChange(root: Json, { path, value }: Change): Json {
  const [step, ...rest] = path;
  if (step === undefined) return root;
  if (rest.length === 0) return withChild(root, step, value === null ? undefined : (value as Json));
  const below = child(root, step);
  if (value === null && below === undefined) return root;
  return withChild(root, step, withChange(below ?? {}, { path: rest, value }));
}

function nested(path: Path, value: Json): Json {
  return path.reduceRight<Json>((inner, step) => ({ [step]: inner }), value);
}

/** The change that sets a value, also where the maps around it are not written yet. */
export function setting(root: Json, path: Path, value: Json): Change {
  for (let length = 1; length < path.length; length += 1) {
    const above = path.slice(0, length);
    const there = valueAt(root, above);
    if (there === undefined || there === null) return { path: above, value: nested(path.slice(length), value) };
  }
  return { path: [...path], value };
}

function sizeOf(value: Json | undefined): number {
  if (Array.isArray(value)) return value.length;
  return isMap(value) ? Object.keys(value).length : Number.POSITIVE_INFINITY;
}

/** Replaced whole by a child that declares them (MAN-7): with a parent, an empty one says "none" and an absent one "as inherited". */
const inheritedWhole = new Set(["agent_provider", "egress", "egress routes", "git-gate repos"]);

/** The change that removes a value, and with the last one of a map or list the map or list itself where that means the same. */
export function removing(root: Json, path: Path): Change {
  const inherits = valueAt(root, ["extends"]) !== undefined;
  const stays = (above: Path) => sizeOf(valueAt(root, above)) > 1 || (inherits && inheritedWhole.has(above.join(" ")));
  let length = path.length;
  while (length > 1 && !stays(path.slice(0, length - 1))) length -= 1;
  return { path: path.slice(0, length), value: null };
}

/** `value` undefined or an empty text or list: the key goes. */
export function changeTo(root: Json, path: Path, value: Json | undefined): Change {
  const empty = value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
  return empty ? removing(root, path) : setting(root, path, value);
}
