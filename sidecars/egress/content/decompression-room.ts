/** How many bodies are decompressed at once: each may need megabytes for its window. The others wait for their turn. */
export class DecompressionRoom {
  #free: number;
  /** In the order of their coming. */
  readonly #waiting = new Set<() => void>();

  constructor(places: number) {
    this.#free = places;
  }

  /** Calls `begin` once there is a place, which may be at once. The answer gives the place back, or the wait up. */
  enter(begin: () => void): () => void {
    let inside = false;
    const start = () => {
      inside = true;
      this.#free -= 1;
      begin();
    };
    if (this.#free > 0) start();
    else this.#waiting.add(start);
    return () => {
      this.#waiting.delete(start);
      if (!inside) return;
      inside = false;
      this.#free += 1;
      this.#admit();
    };
  }

  #admit(): void {
    const [next] = this.#waiting;
    if (next === undefined || this.#free === 0) return;
    this.#waiting.delete(next);
    next();
  }
}
