import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { RefUpdate, RepoName } from "#common/domain/git.ts";
import type { GateLimits } from "#common/wire/bundle-config.ts";
import { replaceFile, syncFolder } from "../../kit/atomic-file.ts";
import { log } from "../../kit/log.ts";

const HoldFile = z.strictObject({ version: z.literal(1), repo: RepoName, updates: z.array(RefUpdate), bytes: z.int() });

/** A held push on disk: exactly the objects that it brought. */
export interface Hold {
  readonly repo: string;
  /** All of them; a record shows the first hundred. */
  readonly updates: readonly RefUpdate[];
  readonly bytes: number;
  /** Folder of objects, for git to look into beside the mirror's own. */
  readonly objects: string;
}

export interface NewHold {
  readonly id: string;
  readonly repo: string;
  readonly updates: readonly RefUpdate[];
  /** The quarantine; null when the push brings no objects. */
  readonly objects: string | null;
}

/**
 * Where held pushes wait (GIT-6). Their objects lie beside the mirror, not in it under hidden refs: what nobody has let pass yet
 * must not count as known when the next push is scanned, and no client can ask for it by its id.
 */
export class HoldStore {
  readonly #folder: string;
  readonly #limits: GateLimits;
  readonly #holds = new Map<string, Hold>();

  /** Takes up those that init has as held; others were never promised to anyone. */
  constructor(folder: string, limits: GateLimits, held: readonly string[]) {
    this.#folder = folder;
    this.#limits = limits;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(folder)) if (!held.includes(name)) rmSync(join(folder, name), { recursive: true, force: true });
    for (const id of held) this.#takeUp(id);
  }

  get(id: string): Hold | null {
    return this.#holds.get(id) ?? null;
  }

  /** Why one more cannot be kept, or null when it is on disk. */
  keep(hold: NewHold): string | null {
    if (this.#holds.size >= this.#limits.heldPushes) return `${this.#holds.size} pushes wait for the operator already, which is the limit`;
    const files = hold.objects === null ? [] : filesIn(hold.objects);
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const all = [...this.#holds.values()].reduce((sum, other) => sum + other.bytes, bytes);
    if (all > this.#limits.heldBytes) return "the pushes that wait for the operator would take more room than they may";
    this.#write(hold, files, bytes);
    return null;
  }

  remove(id: string): void {
    this.#holds.delete(id);
    rmSync(this.#path(id), { recursive: true, force: true });
  }

  #write(hold: NewHold, files: readonly StoredFile[], bytes: number): void {
    const path = this.#path(hold.id);
    const draft = `${path}.new`;
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(join(draft, OBJECTS), { recursive: true, mode: 0o700 });
    for (const { name } of files) {
      const target = join(draft, OBJECTS, name);
      mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
      linkOrCopy(join(hold.objects ?? "", name), target);
    }
    const { repo, updates } = hold;
    replaceFile(
      join(draft, HOLD_FILE),
      JSON.stringify({ version: 1, repo, updates: [...updates], bytes } satisfies z.infer<typeof HoldFile>),
    );
    renameSync(draft, path);
    syncFolder(this.#folder);
    this.#holds.set(hold.id, { repo, updates, bytes, objects: join(path, OBJECTS) });
  }

  #takeUp(id: string): void {
    const path = this.#path(id);
    const file = join(path, HOLD_FILE);
    if (!existsSync(file)) return;
    const parsed = HoldFile.safeParse(parseJson(readFileSync(file, "utf8")));
    if (!parsed.success) return log("error", "hold-unreadable", { id });
    const { repo, updates, bytes } = parsed.data;
    this.#holds.set(id, { repo, updates, bytes, objects: join(path, OBJECTS) });
  }

  #path(id: string): string {
    return join(this.#folder, id);
  }
}

const HOLD_FILE = "hold.json";
const OBJECTS = "objects";

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

interface StoredFile {
  readonly name: string;
  readonly bytes: number;
}

/** The quarantine is on the same disk: its files need not be copied, and outlive it. */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

function filesIn(folder: string, prefix = ""): StoredFile[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
    const name = join(prefix, entry.name);
    if (entry.isDirectory()) return filesIn(folder, name);
    return entry.isFile() ? [{ name, bytes: statSync(join(folder, name)).size }] : [];
  });
}
