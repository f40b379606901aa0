import type { Hunk } from "./text-patch.ts";
import { hunksBetween } from "./text-patch.ts";

const MAX_CHARS = 32 * 1024 * 1024;
const MAX_MS = 10_000;
const MAX_MS_EACH = 250;

/**
 * What one comparison may keep and spend on diffs. An agent can make ten thousand files that are each small enough to be
 * compared by lines and slow to compare; together they would fill the panel's memory or stop it for an hour.
 */
export class TextBudget {
  #chars = MAX_CHARS;
  #ms = MAX_MS;

  /** Null where no more can be kept; hunks that are no longer worth the time say "all of it". */
  hunks(before: string, after: string): Hunk[] | null {
    const chars = before.length + after.length;
    if (chars > this.#chars) return null;
    this.#chars -= chars;
    const began = performance.now();
    const hunks = hunksBetween(before, after, Math.min(MAX_MS_EACH, this.#ms));
    this.#ms = Math.max(0, this.#ms - (performance.now() - began));
    return hunks;
  }
}
