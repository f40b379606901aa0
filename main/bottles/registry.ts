import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { Slug } from "#common/domain/names.ts";
import { writeFileAtomic } from "../platform/atomic-file.ts";
import type { HomePaths } from "../platform/home.ts";
import { BottleMetadata } from "./metadata.ts";

const FILE = "metadata.json";
/** What outlives a forgotten bottle: its audit log (SUP-7), and the operator's own files that were replaced (ENV-4). */
const KEPT = new Set(["audit.jsonl", "brought-back"]);

/** The sole writer of bottles' metadata (BTL-3). Every client reads the same files; nothing is cached here. */
export class BottleRegistry {
  readonly #home: HomePaths;

  constructor(home: HomePaths) {
    this.#home = home;
  }

  async write(metadata: BottleMetadata): Promise<void> {
    await mkdir(this.#home.bottleState(metadata.slug), { recursive: true, mode: 0o700 });
    await writeFileAtomic(this.#file(metadata.slug), `${JSON.stringify(metadata, null, 2)}\n`, 0o600);
  }

  /** Null where there is none, or where what is there cannot be read as one. */
  async read(slug: Slug): Promise<BottleMetadata | null> {
    const text = await readFile(this.#file(slug), "utf8").catch(() => null);
    if (text === null) return null;
    const metadata = parse(text);
    // A file that was copied here from another bottle says nothing about this one.
    return metadata?.slug === slug ? metadata : null;
  }

  async list(): Promise<BottleMetadata[]> {
    const slugs = await this.folders();
    return (await Promise.all(slugs.map((slug) => this.read(slug)))).filter((metadata) => metadata !== null);
  }

  /** Every bottle that has a state folder, with metadata or without. */
  async folders(): Promise<Slug[]> {
    const entries = await readdir(this.#home.state, { withFileTypes: true }).catch(() => []);
    return entries.filter((entry) => entry.isDirectory() && Slug.safeParse(entry.name).success).map(({ name }) => name);
  }

  /** Whether a state folder holds more than what stays. */
  async hasRemains(slug: Slug): Promise<boolean> {
    const names = await readdir(this.#home.bottleState(slug)).catch(() => []);
    return names.some((name) => !KEPT.has(name));
  }

  /** Removes everything of a bottle but what stays; the folder too where there is none. */
  async forget(slug: Slug): Promise<void> {
    const folder = this.#home.bottleState(slug);
    const names = await readdir(folder).catch(() => []);
    const gone = names.filter((name) => !KEPT.has(name));
    for (const name of gone) await rm(join(folder, name), { recursive: true, force: true });
    if (gone.length === names.length) await rm(folder, { recursive: true, force: true });
  }

  #file(slug: Slug): string {
    return join(this.#home.bottleState(slug), FILE);
  }
}

function parse(text: string): BottleMetadata | null {
  try {
    const parsed = BottleMetadata.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
