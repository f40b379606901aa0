import { PassThrough } from "node:stream";
import type { Backend, TerminalStream } from "../../../main/backends/backend.ts";

/** A program on a terminal, played by the test: what it prints, what it was sent, how it ends. */
export class FakeTerminal implements TerminalStream {
  readonly output = new PassThrough({ highWaterMark: 64 * 1024 });
  readonly input = new PassThrough();
  readonly exited: Promise<number | null>;
  readonly sizes: string[] = [];
  disposed = false;
  typed = "";
  #onExit: (code: number | null) => void = () => undefined;
  #onTyped: () => void = () => undefined;

  constructor() {
    this.exited = new Promise((resolve) => {
      this.#onExit = resolve;
    });
    this.input.on("data", (chunk: Buffer) => {
      this.typed += chunk.toString("utf8");
      this.#onTyped();
    });
  }

  print(bytes: string | Uint8Array): void {
    this.output.write(bytes);
  }

  exit(code: number | null): void {
    this.output.end();
    this.#onExit(code);
  }

  async resize(cols: number, rows: number): Promise<void> {
    this.sizes.push(`${cols}x${rows}`);
  }

  /** Resolves once the program was sent `text`. */
  async receives(text: string): Promise<void> {
    while (!this.typed.includes(text)) {
      await new Promise<void>((resolve) => {
        this.#onTyped = resolve;
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.disposed = true;
    this.output.destroy();
    this.#onExit(null);
  }
}

/** A backend that has terminals and nothing else. */
export function terminalBackend(openTerminal: Backend["openTerminal"]): Backend {
  return { name: "docker", openTerminal } as Partial<Backend> as Backend;
}
