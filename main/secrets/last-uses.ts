import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { Slug, Timestamp, TokenRef } from "#common/domain/names.ts";
import { writeFileAtomic } from "../platform/atomic-file.ts";
import type { Clock } from "../platform/clock.ts";
import { timestamp } from "../platform/clock.ts";
import { withFileLock } from "../platform/file-lock.ts";

const LastUse = z.object({ name: TokenRef, at: Timestamp, bottle: Slug });
export type LastUse = z.infer<typeof LastUse>;

const UsesFile = z.object({ version: z.literal(1), uses: z.array(LastUse).max(10_000) });

/** When each secret was last given to a bottle, and to which: names and times, so in clear beside the store. */
export class LastUses {
  readonly #path: string;
  readonly #clock: Clock;

  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  /** A file that cannot be read is as good as none: it is a convenience, and the next use writes it anew. */
  async read(): Promise<ReadonlyMap<TokenRef, LastUse>> {
    const text = await readFile(this.#path, "utf8").catch(() => "{}");
    const parsed = UsesFile.safeParse(jsonOf(text));
    return new Map((parsed.data?.uses ?? []).map((use) => [use.name, use]));
  }

  async record(names: readonly TokenRef[], bottle: Slug): Promise<void> {
    if (names.length === 0) return;
    await withFileLock(dirname(this.#path), "uses", async () => {
      const uses = new Map(await this.read());
      for (const name of names) uses.set(name, { name, at: timestamp(this.#clock), bottle });
      await writeFileAtomic(this.#path, `${JSON.stringify({ version: 1, uses: [...uses.values()] })}\n`);
    });
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
