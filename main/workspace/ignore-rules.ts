import { posix } from "node:path";
import type { Ignore } from "ignore";
import ignore from "ignore";

/** Lines a cloned repository's file may have; each is tried on every name. */
const MAX_LINES = 5000;
const MAX_LINE_CHARS = 1000;
/** Patterns become regular expressions: with many stars, one long name would take hours (a repository is hostile input). */
const MAX_STARS = 4;

/**
 * Files of one name (`.bottleignore`, `.gitignore`) anywhere in a folder, with git's meaning: a deeper file overrules a
 * higher one, within a file the last line that matches counts.
 */
export class IgnoreRules {
  readonly #byFolder = new Map<string, Ignore>();
  readonly #texts = new Map<string, string>();
  readonly #unusable: string[] = [];
  #namesGit = false;

  /** `folder` is relative to the root, which is "". */
  add(folder: string, text: string): void {
    const rules = ignore({ ignorecase: false, allowRelativePaths: true });
    for (const line of text.split(/\r?\n/, MAX_LINES)) {
      if (isUsable(line)) rules.add(line);
      else this.#unusable.push(line.slice(0, 100));
      if (folder === "" && /^\/?\.git\/?\s*$/.test(line)) this.#namesGit = true;
    }
    this.#byFolder.set(folder, rules);
    this.#texts.set(folder, text);
  }

  get isEmpty(): boolean {
    return this.#byFolder.size === 0;
  }

  /** The files themselves, by the folder they lie in. */
  get texts(): ReadonlyMap<string, string> {
    return this.#texts;
  }

  /** Lines that are not followed. */
  get unusable(): readonly string[] {
    return this.#unusable;
  }

  /** Whether this entry is left out, given that none of the folders above it is. */
  ignores(path: string, isFolder: boolean): boolean {
    if (this.isEmpty) return false;
    // `*` or `.*` do not mean history: without it the agent could not commit.
    if (path.split("/").includes(".git")) return this.#namesGit && path.startsWith(".git");
    const tested = isFolder ? `${path}/` : path;
    for (let folder = posix.dirname(path); ; folder = posix.dirname(folder)) {
      const key = folder === "." ? "" : folder;
      const verdict = this.#byFolder.get(key)?.test(key === "" ? tested : tested.slice(key.length + 1));
      if (verdict?.ignored) return true;
      if (verdict?.unignored || key === "") return false;
    }
  }

  /** Whether this entry or a folder above it is left out. */
  covers(path: string, isFolder: boolean): boolean {
    if (this.isEmpty) return false;
    const parts = path.split("/");
    const above = parts.slice(1).map((_part, index) => parts.slice(0, index + 1).join("/"));
    return above.some((folder) => this.ignores(folder, true)) || this.ignores(path, isFolder);
  }
}

function isUsable(line: string): boolean {
  if (line.length > MAX_LINE_CHARS || (line.match(/\*+/g)?.length ?? 0) > MAX_STARS) return false;
  try {
    ignore({ ignorecase: false }).add(line).test("a/b");
    return true;
  } catch {
    return false;
  }
}
