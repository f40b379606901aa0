import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Slug } from "#common/domain/names.ts";
import { Proposal } from "#common/domain/proposal.ts";
import { writeFileAtomic } from "../platform/atomic-file.ts";
import type { HomePaths } from "../platform/home.ts";

const FILE = "proposals.json";

/** Proposals of bottles whose bundle is gone, as they stood when it ended. While a bundle lives, it has the truth. */
export class ProposalStore {
  readonly #home: HomePaths;

  constructor(home: HomePaths) {
    this.#home = home;
  }

  async save(slug: Slug, proposals: readonly Proposal[]): Promise<void> {
    await mkdir(this.#home.bottleState(slug), { recursive: true, mode: 0o700 });
    await writeFileAtomic(join(this.#home.bottleState(slug), FILE), `${JSON.stringify(proposals)}\n`, 0o600);
  }

  async load(slug: Slug): Promise<Proposal[]> {
    const text = await readFile(join(this.#home.bottleState(slug), FILE), "utf8").catch(() => "[]");
    try {
      return z.array(Proposal).parse(JSON.parse(text));
    } catch {
      return [];
    }
  }

  async loadAll(): Promise<Proposal[]> {
    const folders = await readdir(this.#home.state).catch(() => []);
    const slugs = folders.filter((name) => Slug.safeParse(name).success);
    return (await Promise.all(slugs.map((slug) => this.load(slug)))).flat();
  }
}
