import type { Readable } from "node:stream";

/** Collects what a terminal shows and waits for what is expected of it. */
export class TerminalReader {
  #seen = "";
  readonly #changed = new Set<() => void>();

  constructor(output: Readable) {
    output.setEncoding("utf8");
    output.on("data", (text: string) => {
      this.#seen += text;
      for (const notify of [...this.#changed]) notify();
    });
    output.on("error", () => {});
  }

  get seen(): string {
    return this.#seen;
  }

  async waitFor(pattern: RegExp, ms = 15_000): Promise<RegExpExecArray> {
    const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>();
    const timer = setTimeout(
      () => reject(new Error(`${pattern} was not shown in ${ms} ms; shown: ${JSON.stringify(this.#seen.slice(-2000))}`)),
      ms,
    );
    const check = () => {
      const match = pattern.exec(this.#seen);
      if (match !== null) resolve(match);
    };
    this.#changed.add(check);
    check();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#changed.delete(check);
    }
  }
}
