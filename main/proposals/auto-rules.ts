import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { AutoRules } from "#common/domain/auto-rule.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import { writeFileAtomic } from "../platform/atomic-file.ts";
import { withFileLock } from "../platform/file-lock.ts";
import type { HomePaths } from "../platform/home.ts";

export const RULES_FILE = "auto-decisions.json";

const MAX_BYTES = 1024 * 1024;
const OTHERS_WRITE = 0o022;

type Rules = z.infer<typeof AutoRules>;

/**
 * Auto-decision rules (SUP-4): one file of the operator's own, none until the operator makes one. A file that cannot be read, or
 * that others may write, decides nothing: it is an error that names it.
 */
export class AutoRuleBook {
  readonly #home: HomePaths;

  constructor(home: HomePaths) {
    this.#home = home;
  }

  async list(): Promise<Rules> {
    const text = await this.#read();
    if (text === null) return [];
    try {
      return AutoRules.parse(JSON.parse(text));
    } catch (error) {
      throw this.#unusable("it does not hold such rules", error);
    }
  }

  /** The whole list, in place of `seen`: what another client made meanwhile is not lost. */
  async save(rules: Rules, seen: Rules): Promise<Rules> {
    const parsed = AutoRules.safeParse(rules);
    if (!parsed.success) throw wrong(parsed.error.issues[0]?.message ?? "");
    const repeated = repeatedName(parsed.data);
    if (repeated !== null) throw wrong(`two rules are called ${JSON.stringify(repeated)}`);
    await withFileLock(this.#home.root, ".auto-decisions", async () => {
      if (JSON.stringify(await this.list()) !== JSON.stringify(AutoRules.parse(seen))) {
        throw new OperatorError("conflict", {
          message: "The rules have changed since",
          hint: "Look at them again, then repeat your change",
        });
      }
      await writeFileAtomic(this.#file(), `${JSON.stringify(parsed.data, null, 2)}\n`, 0o600);
    });
    return parsed.data;
  }

  /** Null where there is no such file. */
  async #read(): Promise<string | null> {
    const handle = await open(this.#file(), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return null;
        throw this.#unusable(error.code === "ELOOP" ? "it is a link" : `it cannot be read (${error.code})`, error);
      },
    );
    if (handle === null) return null;
    try {
      const info = await handle.stat();
      if (!info.isFile() || info.size > MAX_BYTES) throw this.#unusable("it is no such file");
      if (process.platform !== "win32" && (info.mode & OTHERS_WRITE) !== 0) throw this.#unusable("others than you may write it");
      return await handle.readFile("utf8");
    } finally {
      await handle.close();
    }
  }

  #unusable(why: string, cause?: unknown): OperatorError {
    return new OperatorError("conflict", {
      message: `No rule decides anything: ${this.#file()} cannot be used, because ${why}`,
      hint: "Put the file right (mode 0600), or remove it to begin without rules",
      cause,
    });
  }

  #file(): string {
    return join(this.#home.root, RULES_FILE);
  }
}

function repeatedName(rules: Rules): string | null {
  const names = rules.map(({ name }) => name.toLowerCase());
  return names.find((name, index) => names.indexOf(name) !== index) ?? null;
}

function wrong(reason: string): OperatorError {
  return new OperatorError("bad-input", {
    message: `These rules cannot be kept: ${reason}`,
    hint: "Correct the rule; nothing was changed",
  });
}
