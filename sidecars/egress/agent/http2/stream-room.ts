/** How many requests of HTTP/2 connections may be under way in one bottle: a connection carries a hundred, and connections are many. */
export class StreamRoom {
  readonly #most: number;
  #taken = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** False when there is no room; else to be left once. */
  enter(): boolean {
    if (this.#taken >= this.#most) return false;
    this.#taken += 1;
    return true;
  }

  leave(): void {
    this.#taken -= 1;
  }
}
