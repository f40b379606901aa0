import { PassThrough, Writable } from "node:stream";
import { finished } from "node:stream/promises";
import type Docker from "dockerode";
import type { TerminalSize, TerminalStream } from "../../backend.ts";

type Attach = (container: Docker.Container, size: TerminalSize) => Promise<TerminalStream>;

/** Ends what the old agent had begun to say, and brings the terminal back to how it was before it ran. */
const FRESH_SCREEN = "\x18\x1bc";

/**
 * The terminal of whichever container has the agent's name. When an agent is moved to another image its container ends and
 * another has the name: whoever looks on sees a fresh screen with what the new one said so far, and types into that.
 */
export async function followTerminal(engine: Docker, name: string, attach: Attach, size: TerminalSize): Promise<TerminalStream> {
  const followed = new FollowedTerminal(engine, name, attach, size);
  await followed.begin();
  return followed;
}

class FollowedTerminal implements TerminalStream {
  readonly output = new PassThrough();
  readonly input: Writable;
  readonly exited: Promise<number | null>;
  readonly #engine: Docker;
  readonly #name: string;
  readonly #attach: Attach;
  readonly #exit = Promise.withResolvers<number | null>();
  #size: TerminalSize;
  #current: { readonly id: string; readonly stream: TerminalStream } | null = null;
  #left = false;

  constructor(engine: Docker, name: string, attach: Attach, size: TerminalSize) {
    this.#engine = engine;
    this.#name = name;
    this.#attach = attach;
    this.#size = size;
    this.exited = this.#exit.promise;
    this.output.on("error", () => {});
    // What is typed between two containers reaches neither.
    this.input = new Writable({ write: (chunk: Buffer, _encoding, done) => this.#type(chunk, done) });
    this.input.on("error", () => {});
  }

  async begin(): Promise<void> {
    const first = await this.#open((await this.#engine.getContainer(this.#name).inspect()).Id);
    void this.#follow(first);
  }

  async resize(cols: number, rows: number): Promise<void> {
    this.#size = { cols, rows };
    await this.#current?.stream.resize(cols, rows);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#left = true;
    await this.#current?.stream[Symbol.asyncDispose]();
    this.output.destroy();
    this.input.destroy();
    await this.exited;
  }

  async #open(id: string): Promise<TerminalStream> {
    // By its id: the name may come to be another's.
    const stream = await this.#attach(this.#engine.getContainer(id), this.#size);
    this.#current = { id, stream };
    return stream;
  }

  async #follow(first: TerminalStream): Promise<void> {
    let stream = first;
    try {
      for (;;) {
        stream.output.pipe(this.output, { end: false });
        await finished(stream.output, { writable: false }).catch(() => undefined);
        const code = await stream.exited;
        const successor = this.#left ? null : await this.#successor().catch(() => null);
        if (successor === null) return void this.#exit.resolve(code);
        await stream[Symbol.asyncDispose]();
        stream = await this.#open(successor);
        this.output.write(FRESH_SCREEN);
      }
    } catch {
      this.#exit.resolve(null);
    } finally {
      this.output.end();
    }
  }

  /** The container that has the agent's name now, where that is another one. */
  async #successor(): Promise<string | null> {
    const { Id, State } = await this.#engine.getContainer(this.#name).inspect();
    return Id !== this.#current?.id && State.Running ? Id : null;
  }

  #type(chunk: Buffer, done: () => void): void {
    const input = this.#current?.stream.input;
    if (input === undefined || !input.writable) done();
    else input.write(chunk, () => done());
  }
}
