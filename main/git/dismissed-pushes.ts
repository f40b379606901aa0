import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Slug } from "#common/domain/names.ts";
import { writeFileAtomic } from "../platform/atomic-file.ts";
import { withFileLock } from "../platform/file-lock.ts";
import type { HomePaths } from "../platform/home.ts";

const FILE = "dismissed-pushes.json";
const Ids = z.array(z.string().max(130)).max(100_000);

/** Refused pushes that the operator has seen and put away, in the bottle's state folder. */
export class DismissedPushes {
  readonly #home: HomePaths;

  constructor(home: HomePaths) {
    this.#home = home;
  }

  async read(slug: Slug): Promise<ReadonlySet<string>> {
    const text = await readFile(this.#file(slug), "utf8").catch(() => "[]");
    try {
      return new Set(Ids.parse(JSON.parse(text)));
    } catch {
      // A torn or foreign file hides nothing: what was put away shows once more.
      return new Set();
    }
  }

  /** Adds `ids`. Only those of `known`, the refusals there are, are kept: the file grows no further than they do. */
  add(slug: Slug, ids: readonly string[], known: readonly string[]): Promise<void> {
    return withFileLock(this.#home.bottleState(slug), "dismissed-pushes", async () => {
      const dismissed = new Set([...(await this.read(slug)), ...ids]);
      const kept = known.filter((id) => dismissed.has(id));
      await writeFileAtomic(this.#file(slug), `${JSON.stringify(kept)}\n`, 0o600);
    });
  }

  async forget(slug: Slug): Promise<void> {
    await rm(this.#file(slug), { force: true });
  }

  #file(slug: Slug): string {
    return join(this.#home.bottleState(slug), FILE);
  }
}
