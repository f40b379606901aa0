import type { ObjectId } from "#common/domain/git.ts";

/** Where a text that is scanned stands in the push. */
export interface ScanPlace {
  readonly commit: ObjectId | null;
  readonly place: "file" | "message" | "author" | "tag" | "ref";
  readonly path: string | null;
  /** What the file held before: a secret in here is upstream's already, and none of `path`'s new ones. */
  readonly before: boolean;
}

/** Tells where the lines of the scanner's input come from. Numbers in arrays: a big push has hundreds of thousands of runs. */
export class PlaceIndex {
  readonly #places: ScanPlace[] = [];
  readonly #starts: number[] = [];
  readonly #placeOf: number[] = [];
  readonly #lines: number[] = [];

  get size(): number {
    return this.#starts.length;
  }

  /** From input line `start` on, lines are `place`'s from `line` on; 0 where its lines have no numbers. */
  add(start: number, place: ScanPlace, line: number): void {
    if (this.#places.at(-1) !== place) this.#places.push(place);
    this.#starts.push(start);
    this.#placeOf.push(this.#places.length - 1);
    this.#lines.push(line);
  }

  find(inputLine: number): { readonly place: ScanPlace; readonly line: number | null } | null {
    let [low, high] = [0, this.#starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= inputLine) low = middle + 1;
      else high = middle;
    }
    const at = low - 1;
    const place = this.#places[this.#placeOf[at] ?? -1];
    if (place === undefined) return null;
    const first = this.#lines[at] ?? 0;
    return { place, line: first === 0 ? null : first + inputLine - (this.#starts[at] ?? 0) };
  }
}
