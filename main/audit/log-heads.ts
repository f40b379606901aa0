import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import { writeFileAtomic } from "../platform/atomic-file.ts";
import { withFileLock } from "../platform/file-lock.ts";
import type { HomePaths } from "../platform/home.ts";
import type { ChainHead } from "./chain.ts";

const Heads = z.record(Slug, z.strictObject({ index: z.int().min(0), hash: z.string() }));

/**
 * How far each bottle's log goes, in one file beside the state folders: lines cut off a log's end, or a log that is gone with its
 * folder, leave no other trace.
 */
export class LogHeads {
  readonly #root: string;
  readonly #file: string;

  constructor(home: HomePaths) {
    this.#root = home.root;
    this.#file = join(home.root, "audit-heads.json");
  }

  async all(): Promise<ReadonlyMap<Slug, ChainHead>> {
    const heads = await this.#read();
    if (heads !== null) return new Map(Object.entries(heads));
    throw new OperatorError("conflict", {
      message: `${this.#file} cannot be read, so nobody can tell whether the end of a log was cut off`,
      hint: "Put it back from a backup, or move it away to begin a new one",
    });
  }

  /** Notes the entry that was just made durable; never an older one than is noted. */
  note(slug: Slug, { index, hash }: ChainHead): Promise<void> {
    return withFileLock(this.#root, "audit-heads", async () => {
      const heads = await this.#read();
      // What cannot be read is kept for whoever looks into it; recording goes on.
      if (heads === null) await rename(this.#file, `${this.#file}.unreadable`);
      if ((heads?.[slug]?.index ?? -1) > index) return;
      await writeFileAtomic(this.#file, `${JSON.stringify({ ...heads, [slug]: { index, hash } })}\n`);
    });
  }

  /** Null where the file holds something else. */
  async #read(): Promise<z.infer<typeof Heads> | null> {
    const text = await readFile(this.#file, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "{}";
      throw error;
    });
    try {
      return Heads.safeParse(JSON.parse(text)).data ?? null;
    } catch {
      return null;
    }
  }
}
