import type { Readable, Writable } from "node:stream";
import { Duplex } from "node:stream";

/** Two halves as one stream. Unlike `Duplex.from`, leaving it early is no error: channels are closed by either side at will. */
export class PairedStream extends Duplex {
  readonly #source: Readable;
  readonly #sink: Writable;

  constructor(source: Readable, sink: Writable) {
    super({ allowHalfOpen: true });
    this.#source = source;
    this.#sink = sink;
    source.on("data", (chunk: Buffer) => this.push(chunk) || source.pause());
    source.once("end", () => this.push(null));
    for (const half of [source, sink]) {
      half.on("error", (error: Error) => this.destroy(error));
      half.once("close", () => this.#closedWith(half));
    }
  }

  override _read(): void {
    this.#source.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#sink.write(chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#sink.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#source.destroy();
    this.#sink.destroy();
    done(error);
  }

  /** A half that went without its end takes the whole with it. */
  #closedWith(half: Readable | Writable): void {
    const ended = half === this.#source ? this.#source.readableEnded : this.#sink.writableFinished;
    if (!ended) this.destroy();
  }
}
