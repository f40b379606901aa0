import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Slug } from "#common/domain/names.ts";

/** Folders of one `$BOT_BOTTLE_HOME`. */
export interface HomePaths {
  readonly root: string;
  readonly bottles: string;
  readonly agents: string;
  /** Provider plugins (PRV-6). */
  readonly contrib: string;
  readonly skills: string;
  readonly state: string;
  readonly logs: string;
  bottleState(slug: Slug): string;
}

/** `$BOT_BOTTLE_HOME`, or `~/.bot-bottle` (MAN-1). */
export function homePaths(env: NodeJS.ProcessEnv): HomePaths {
  const root = resolve(env.BOT_BOTTLE_HOME || join(homedir(), ".bot-bottle"));
  const state = join(root, "state");
  return {
    root,
    bottles: join(root, "bottles"),
    agents: join(root, "agents"),
    contrib: join(root, "contrib"),
    skills: join(root, "skills"),
    state,
    logs: join(root, "logs"),
    bottleState: (slug) => join(state, slug),
  };
}

/**
 * A random identity of this home, put on everything its bottles make on an engine: several homes can share one engine,
 * and cleaning up one must never touch the bottles of another.
 */
export async function homeId(home: HomePaths): Promise<string> {
  const file = join(home.root, "home-id");
  await mkdir(home.root, { recursive: true, mode: 0o700 });
  try {
    await writeFile(file, randomBytes(8).toString("hex"), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return (await readFile(file, "utf8")).trim();
}
