import { randomInt } from "node:crypto";
import type { Slug } from "#common/domain/names.ts";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
const LENGTH = 5;

/** A new identity `<agent>-<random5>` that is not among those taken. */
export function createSlug(agent: string, taken: ReadonlySet<Slug>, pick: (max: number) => number = randomInt): Slug {
  for (;;) {
    const suffix = Array.from({ length: LENGTH }, () => ALPHABET[pick(ALPHABET.length)]).join("");
    const slug = `${agent}-${suffix}`;
    if (!taken.has(slug)) return slug;
  }
}
