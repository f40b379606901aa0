import { PktLineError, PktLineReader } from "./pkt-line.ts";

const MAX_TEXT = 4000;

/** What `git receive-pack` answered, as it passes by on its way to the client. */
export class ReceiveReport {
  readonly #sideband: boolean;
  readonly #outer = new PktLineReader();
  readonly #inner = new PktLineReader();
  readonly #refused: string[] = [];
  #readable = true;
  #remarks = "";
  #unpack: string | null = null;

  constructor(capabilities: readonly string[]) {
    this.#sideband = capabilities.some((word) => word === "side-band-64k" || word === "side-band");
  }

  /** Resolves at the first byte of the report: the mirror's refs are as they will be. */
  readonly begun = Promise.withResolvers<void>();

  /** `ok`, or why the objects were not taken; null when it did not come so far. */
  get unpack(): string | null {
    return this.#unpack;
  }

  /** `<ref> <reason>` of every ref that git did not update. */
  get refused(): readonly string[] {
    return this.#refused;
  }

  /** What git printed for the client. */
  get remarks(): string {
    return this.#remarks;
  }

  observe(chunk: Buffer): void {
    if (!this.#readable) return;
    try {
      if (this.#sideband) this.#observeBands(chunk);
      else this.#observeReport(chunk);
    } catch (error) {
      if (!(error instanceof PktLineError)) throw error;
      this.#readable = false;
    }
  }

  #observeBands(chunk: Buffer): void {
    for (const pkt of this.#outer.push(chunk)) {
      if ("mark" in pkt) continue;
      const [band] = pkt.payload;
      const content = pkt.payload.subarray(1);
      if (band === 1) this.#observeReport(content);
      else this.#remarks = (this.#remarks + content.toString("utf8")).slice(0, MAX_TEXT);
    }
  }

  #observeReport(chunk: Buffer): void {
    this.begun.resolve();
    for (const pkt of this.#inner.push(chunk)) {
      if ("mark" in pkt) continue;
      const line = pkt.payload.toString("utf8").trimEnd();
      if (line.startsWith("unpack ")) this.#unpack = line.slice("unpack ".length);
      else if (line.startsWith("ng ") && this.#refused.length < 100) this.#refused.push(line.slice("ng ".length, 500));
    }
  }
}
