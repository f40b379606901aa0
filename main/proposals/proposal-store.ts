import type { BigIntStats } from "node:fs";
import { lstat, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Slug } from "#common/domain/names.ts";
import { Proposal } from "#common/domain/proposal.ts";
import { writeFileAtomic } from "../platform/atomic-file.ts";
import type { HomePaths } from "../platform/home.ts";

const FILE = "proposals.json";

interface Read {
  /** What a file has to be like to be the one that was read. */
  readonly mark: string;
  readonly proposals: readonly Proposal[];
}

/**
 * Proposals of bottles whose bundle is gone, as they stood when it ended. While a bundle lives, it has the truth. A file is read
 * once and again only when it is another: there may be thousands.
 */
export class ProposalStore {
  readonly #home: HomePaths;
  readonly #read = new Map<Slug, Read>();

  constructor(home: HomePaths) {
    this.#home = home;
  }

  async save(slug: Slug, proposals: readonly Proposal[]): Promise<void> {
    await mkdir(this.#home.bottleState(slug), { recursive: true, mode: 0o700 });
    await writeFileAtomic(this.#file(slug), `${JSON.stringify(proposals)}\n`, 0o600);
  }

  /** A file that cannot be read as such proposals, is a link, or holds those of another bottle says nothing. */
  async load(slug: Slug): Promise<readonly Proposal[]> {
    if (!Slug.safeParse(slug).success) return [];
    const info = await lstat(this.#file(slug), { bigint: true }).catch(() => null);
    if (info === null || !info.isFile()) {
      this.#read.delete(slug);
      return [];
    }
    const mark = markOf(info);
    const known = this.#read.get(slug);
    if (known?.mark === mark) return known.proposals;
    const proposals = parse(slug, await readFile(this.#file(slug), "utf8").catch(() => ""));
    this.#read.set(slug, { mark, proposals });
    return proposals;
  }

  async loadAll(): Promise<Proposal[]> {
    const folders = await readdir(this.#home.state, { withFileTypes: true }).catch(() => []);
    const slugs = folders.filter((folder) => folder.isDirectory() && Slug.safeParse(folder.name).success).map(({ name }) => name);
    const present = new Set(slugs);
    for (const slug of this.#read.keys()) if (!present.has(slug)) this.#read.delete(slug);
    return (await Promise.all(slugs.map((slug) => this.load(slug)))).flat();
  }

  #file(slug: Slug): string {
    return join(this.#home.bottleState(slug), FILE);
  }
}

function markOf({ ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}

function parse(slug: Slug, text: string): readonly Proposal[] {
  try {
    const parsed = z.array(Proposal).safeParse(JSON.parse(text));
    return parsed.success ? parsed.data.filter((proposal) => proposal.slug === slug && proposal.id.startsWith(`${slug}.`)) : [];
  } catch {
    return [];
  }
}
