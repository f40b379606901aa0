import { distance } from "fastest-levenshtein";

/** The candidate that `word` most likely was meant to be, or null where none is close (MAN-3). */
export function closest(word: string, candidates: readonly string[]): string | null {
  const plain = simplify(word);
  const ranked = candidates
    .map((candidate) => ({ candidate, edits: distance(plain, simplify(candidate)) }))
    .filter(({ candidate, edits }) => edits <= allowedEdits(candidate))
    .sort((a, b) => a.edits - b.edits);
  return ranked[0]?.candidate ?? null;
}

/** `pathAllowlist`, `path-allowlist` and `path_allowlist` are the same word to whoever typed one of them. */
function simplify(word: string): string {
  return word.slice(0, 100).toLowerCase().replaceAll(/[-_ ]/g, "");
}

/** Two letters of "host" may be swapped, but one of "env" only mistyped: short words are all alike. */
function allowedEdits(candidate: string): number {
  return candidate.length < 4 ? 1 : Math.max(2, Math.floor(candidate.length / 3));
}
