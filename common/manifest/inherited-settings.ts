import type { BottleFrontmatter } from "./bottle-schema.ts";

/** One setting of an effective bottle, taken whole from one bottle of its lineage. */
export interface InheritedSetting {
  readonly path: readonly string[];
  readonly value: unknown;
  /** Index in the lineage: 0 is the bottle itself, 1 its parent. */
  readonly from: number;
}

/** The order in which settings were first declared, later ones of the same path taking the place of earlier ones. */
class Settings {
  readonly #byPath = new Map<string, InheritedSetting>();

  set(path: readonly string[], value: unknown, from: number): void {
    this.#byPath.set(JSON.stringify(path), { path, value, from });
  }

  /** Forgets everything below a path. */
  clear(path: readonly string[]): void {
    for (const [key, setting] of this.#byPath) if (isBelow(setting.path, path)) this.#byPath.delete(key);
  }

  all(): InheritedSetting[] {
    return [...this.#byPath.values()];
  }
}

export function isBelow(path: readonly string[], parent: readonly string[]): boolean {
  return path.length > parent.length && parent.every((step, index) => path[index] === step);
}

/**
 * The merge of MAN-7, and where each value comes from: `env` by key, `git-gate.user` per field, `git-gate.repos` by name with an
 * explicit `{}` that clears, everything else whole. A map that is declared is a setting of its own, before those in it.
 */
export function inheritSettings(childFirst: readonly BottleFrontmatter[]): InheritedSetting[] {
  const settings = new Settings();
  for (let from = childFirst.length - 1; from >= 0; from -= 1) declare(settings, childFirst[from] as BottleFrontmatter, from);
  return settings.all();
}

function declare(
  settings: Settings,
  { env, "git-gate": gitGate, egress, agent_provider, supervise }: BottleFrontmatter,
  from: number,
): void {
  if (env !== undefined) declareEntries(settings, ["env"], env, from);
  if (gitGate !== undefined) {
    settings.set(["git-gate"], {}, from);
    const { user, repos } = gitGate;
    if (user !== undefined) declareEntries(settings, ["git-gate", "user"], givenFields(user), from);
    if (repos !== undefined) {
      if (Object.keys(repos).length === 0) settings.clear(["git-gate", "repos"]);
      declareEntries(settings, ["git-gate", "repos"], repos, from);
    }
  }
  for (const [key, value] of Object.entries({ egress, agent_provider, supervise }))
    if (value !== undefined) settings.set([key], value, from);
}

function declareEntries(settings: Settings, path: readonly string[], entries: Readonly<Record<string, unknown>>, from: number): void {
  settings.set(path, {}, from);
  for (const [key, value] of Object.entries(entries)) settings.set([...path, key], value, from);
}

/** A field that is empty falls through to what is below (MAN-7, MAN-8). */
export function givenFields(user: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(user).filter((field): field is [string, string] => Boolean(field[1])));
}

/** The settings as one frontmatter again, not yet validated. */
export function assembleSettings(settings: readonly InheritedSetting[]): Record<string, unknown> {
  const whole: Record<string, unknown> = {};
  for (const { path, value } of settings) {
    const parent = path.slice(0, -1).reduce((at, step) => at[step] as Record<string, unknown>, whole);
    const key = path.at(-1) as string;
    if (isEmptyMap(value) && parent[key] !== undefined) continue;
    parent[key] = isEmptyMap(value) ? {} : value;
  }
  return whole;
}

function isEmptyMap(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}
