import type { BottleFrontmatter } from "./bottle-schema.ts";
import type { EffectiveBottle } from "./effective-bottle.ts";
import { effectiveBottle } from "./effective-bottle.ts";
import { closest } from "./suggestion.ts";
import { validateBottle } from "./validate.ts";

/** What one bottle amounts to with its parents, or why it cannot be used; the reason belongs to its `extends` key. */
export type Resolved = { readonly ok: true; readonly bottle: EffectiveBottle } | { readonly ok: false; readonly reason: string };

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
    if (parent === undefined) return merged(frontmatters);
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

function merged(childFirst: readonly BottleFrontmatter[]): Resolved {
  const result = validateBottle(childFirst.reduceRight<BottleFrontmatter>((parent, child) => merge(parent, child), {}));
  if (result.ok) return { ok: true, bottle: effectiveBottle(result.value) };
  return { ok: false, reason: `with what it inherits: ${result.findings.map(({ message }) => message).join("; ")}` };
}

function merge(parent: BottleFrontmatter, { extends: _followed, ...child }: BottleFrontmatter): BottleFrontmatter {
  const gitGate = mergeGitGate(parent["git-gate"], child["git-gate"]);
  return {
    ...parent,
    // egress, agent_provider and supervise: whole, as the child says.
    ...child,
    ...(parent.env === undefined && child.env === undefined ? {} : { env: { ...parent.env, ...child.env } }),
    ...(gitGate === undefined ? {} : { "git-gate": gitGate }),
  };
}

type GitGate = BottleFrontmatter["git-gate"];

function mergeGitGate(parent: GitGate, child: GitGate): GitGate {
  if (parent === undefined || child === undefined) return child ?? parent;
  const user = overlayUser(parent.user, child.user);
  const repos = mergeRepos(parent.repos, child.repos);
  return { ...(user === undefined ? {} : { user }), ...(repos === undefined ? {} : { repos }) };
}

type Repos = NonNullable<GitGate>["repos"];

/** An explicit `{}` clears what was inherited. */
function mergeRepos(parent: Repos, child: Repos): Repos {
  if (child === undefined) return parent;
  return Object.keys(child).length === 0 ? {} : { ...parent, ...child };
}

type User = NonNullable<GitGate>["user"];

/** Per field: one that is missing or empty falls through (MAN-7, MAN-8). */
export function overlayUser(below: User, above: User): User {
  const name = above?.name || below?.name;
  const email = above?.email || below?.email;
  if (!name && !email) return undefined;
  return { ...(name ? { name } : {}), ...(email ? { email } : {}) };
}
