import type { Stats } from "node:fs";
import { constants, lstat, open, readdir, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import type { GuestEntry } from "../backends/backend.ts";

/** Skills are instructions and a few scripts; whatever is larger belongs into an image or a workspace. */
const MAX_FILES = 1000;
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_DEPTH = 16;

export interface SkillSearch {
  readonly names: readonly string[];
  /** Folders to look in, the first that has it wins: the home's skills, then the operator's `~/.claude/skills`. */
  readonly places: readonly string[];
  /** Folder in the guest; null where the provider knows no skills. */
  readonly target: string | null;
}

export interface CollectedSkills {
  readonly entries: readonly GuestEntry[];
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** Copies of the operator's skills, with their modes, as a guest gets them. */
export async function collectSkills({ names, places, target }: SkillSearch): Promise<CollectedSkills> {
  if (names.length === 0) return { entries: [], problems: [], warnings: [] };
  if (target === null) {
    return {
      entries: [],
      problems: [],
      warnings: [`the provider knows no skills: ${names.join(", ")} ${names.length === 1 ? "is" : "are"} not copied`],
    };
  }
  const collected = await Promise.all([...new Set(names)].map((name) => collectSkill(name, places, `${target}/${name}`)));
  const entries = collected.flatMap((skill) => skill.entries);
  return {
    entries: [{ kind: "folder", path: target, mode: 0o755, owner: "guest" }, ...entries],
    problems: collected.flatMap((skill) => skill.problems),
    warnings: collected.flatMap((skill) => skill.warnings),
  };
}

async function collectSkill(name: string, places: readonly string[], target: string): Promise<CollectedSkills> {
  const found = await findSkill(name, places);
  if (found === null)
    return failed(`there is no skill ${name}: looked for a folder ${places.map((place) => join(place, name)).join(", then ")}`);
  const walk = new SkillWalk(name, found);
  try {
    await walk.folder("", target, 0);
  } catch (error) {
    if (error instanceof SkillFault) return failed(error.message);
    throw error;
  }
  const known = walk.entries.some(({ path }) => path === `${target}/SKILL.md`);
  return { entries: walk.entries, problems: [], warnings: known ? [] : [`the skill ${name} holds no SKILL.md, by which agents know one`] };
}

function failed(problem: string): CollectedSkills {
  return { entries: [], problems: [problem], warnings: [] };
}

/** Its real place: the operator may keep skills elsewhere and link to them. */
async function findSkill(name: string, places: readonly string[]): Promise<string | null> {
  for (const place of places) {
    const path = join(place, name);
    const found: Stats | null = await stat(path).catch(() => null);
    if (found?.isDirectory() === true) return await realpath(path);
  }
  return null;
}

class SkillFault extends Error {}

class SkillWalk {
  readonly entries: GuestEntry[] = [];
  readonly #name: string;
  readonly #root: string;
  #bytes = 0;

  constructor(name: string, root: string) {
    this.#name = name;
    this.#root = root;
  }

  async folder(relative: string, target: string, depth: number): Promise<void> {
    if (depth > MAX_DEPTH) throw this.#fault(`is nested deeper than ${MAX_DEPTH} folders, or links to itself`);
    const path = join(this.#root, relative);
    const { mode } = await this.#try(relative, () => stat(path));
    this.#add({ kind: "folder", path: target, mode: (mode & 0o777) | 0o700, owner: "guest" });
    const names = await this.#try(relative, () => readdir(path));
    for (const name of names.toSorted()) await this.#child(relative === "" ? name : `${relative}/${name}`, `${target}/${name}`, depth + 1);
  }

  async #child(relative: string, target: string, depth: number): Promise<void> {
    const path = join(this.#root, relative);
    const found = await this.#try(relative, () => lstat(path));
    if (found.isDirectory()) return await this.folder(relative, target, depth);
    if (found.isFile()) return await this.#file(relative, path, target);
    if (!found.isSymbolicLink()) throw this.#fault(`holds ${relative}, which is neither a file nor a folder`);
    await this.#link(relative, path, target, depth);
  }

  /** What a link leads to is copied in its place, as long as that is the skill's own. */
  async #link(relative: string, path: string, target: string, depth: number): Promise<void> {
    const real = await this.#try(relative, () => realpath(path));
    if (!real.startsWith(this.#root + sep)) throw this.#fault(`holds the link ${relative}, which leads out of the skill`);
    const inside = real.slice(this.#root.length + 1);
    const found = await this.#try(relative, () => lstat(real));
    if (found.isDirectory()) return await this.folder(inside, target, depth);
    if (found.isFile()) return await this.#file(inside, real, target);
    throw this.#fault(`holds the link ${relative}, which leads to neither a file nor a folder`);
  }

  /** O_NOFOLLOW: it may have become a link since it was looked at. */
  async #file(relative: string, path: string, target: string): Promise<void> {
    const { content, mode } = await this.#try(relative, async () => {
      await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      const { size, mode } = await file.stat();
      this.#bytes += size;
      if (this.#bytes > MAX_BYTES) throw this.#fault(`is larger than ${MAX_BYTES / 1024 / 1024} MiB`);
      return { content: await file.readFile(), mode };
    });
    this.#add({ kind: "file", path: target, mode: (mode & 0o777) | 0o400, owner: "guest", content });
  }

  #add(entry: GuestEntry): void {
    if (this.entries.length >= MAX_FILES) throw this.#fault(`holds more than ${MAX_FILES} files and folders`);
    this.entries.push(entry);
  }

  async #try<T>(relative: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof SkillFault) throw error;
      const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
      const reason = code === "ENOENT" || code === "ELOOP" ? "leads nowhere or went away" : `cannot be read (${code})`;
      throw this.#fault(`holds ${relative === "" ? "a folder" : relative}, which ${reason}`);
    }
  }

  #fault(what: string): SkillFault {
    return new SkillFault(`the skill ${this.#name} (${this.#root}) ${what}`);
  }
}
