import type { BottleFrontmatter } from "./bottle-schema.ts";
import type { EffectiveBottle } from "./effective-bottle.ts";
import { effectiveBottle } from "./effective-bottle.ts";
import { assembleSettings, givenFields, inheritSettings } from "./inherited-settings.ts";
import { closest } from "./suggestion.ts";
import { validateBottle } from "./validate.ts";

/** What one bottle amounts to with its parents, or why it cannot be used; the reason belongs to its `extends` key. */
export type Resolved =
  | {
      readonly ok: true;
      readonly bottle: EffectiveBottle /** The bottle itself and its parents, nearest first. */;
      readonly lineage: readonly string[];
    }
  | { readonly ok: false; readonly reason: string };

/** Follows `extends` for every declared bottle (MAN-7). `unusable` names the files that exist but have errors of their own. */
export function resolveBottles(declared: ReadonlyMap<string, BottleFrontmatter>, unusable: ReadonlySet<string>): Map<string, Resolved> {
  return new Map([...declared.keys()].map((name) => [name, resolve(name, declared, unusable)]));
}

function resolve(name: string, declared: ReadonlyMap<string, BottleFrontmatter>, unusable: ReadonlySet<string>): Resolved {
  const lineage: string[] = [name];
  const frontmatters: BottleFrontmatter[] = [];
  for (let current = name; ; ) {
    const frontmatter = declared.get(current);
    if (frontmatter === undefined) return { ok: false, reason: missingParent(current, declared, unusable) };
    frontmatters.push(frontmatter);
    const parent = frontmatter.extends;
    if (parent === undefined) return merged(frontmatters, lineage);
    if (parent === current)
      return { ok: false, reason: current === name ? "extends itself" : `extends "${current}", which extends itself` };
    if (lineage.includes(parent))
      return { ok: false, reason: `extends in a circle: ${[...lineage.slice(lineage.indexOf(parent)), parent].join(" -> ")}` };
    lineage.push(parent);
    current = parent;
  }
}

function missingParent(parent: string, declared: ReadonlyMap<string, BottleFrontmatter>, unusable: ReadonlySet<string>): string {
  return unusable.has(parent)
    ? `extends "${parent}", which has errors`
    : `extends "${parent}", ${notDefined(parent, [...declared.keys()])}`;
}

/** "which is not defined…" with what there is instead, for a name that leads nowhere. */
export function notDefined(name: string, defined: readonly string[]): string {
  const meant = closest(name, defined);
  const known = defined.length === 0 ? "none" : defined.toSorted().join(", ");
  return `which is not defined${meant === null ? "" : ` (did you mean "${meant}"?)`}; defined bottles: ${known}`;
}

function merged(childFirst: readonly BottleFrontmatter[], lineage: readonly string[]): Resolved {
  // Validated in full when it was read, and the same afterwards.
  const [own] = childFirst;
  if (own !== undefined && childFirst.length === 1) return { ok: true, bottle: effectiveBottle(own), lineage };
  const result = validateBottle(assembleSettings(inheritSettings(childFirst)));
  if (result.ok) return { ok: true, bottle: effectiveBottle(result.value), lineage };
  return { ok: false, reason: `with what it inherits: ${result.findings.map(({ message }) => message).join("; ")}` };
}

type User = NonNullable<BottleFrontmatter["git-gate"]>["user"];

/** Per field: one that is missing or empty falls through (MAN-7, MAN-8). */
export function overlayUser(below: User, above: User): User {
  const user = { ...givenFields({ ...below }), ...givenFields({ ...above }) };
  return Object.keys(user).length === 0 ? undefined : user;
}
