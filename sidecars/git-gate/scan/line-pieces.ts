/** A line, or a part of one that is too long to hold. Bytes: nothing pushed needs to be text. */
export interface LinePiece {
  readonly bytes: Buffer;
  readonly first: boolean;
  readonly last: boolean;
}

export const MAX_PIECE = 2048;

/** Cuts a stream into lines, and lines into pieces of a bounded size: ten megabytes without a line feed cost no memory. */
export class LinePieces {
  #rest: Buffer = Buffer.alloc(0);
  #inLine = false;

  *push(chunk: Buffer): Generator<LinePiece> {
    let data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (let end = data.indexOf(10); end !== -1; end = data.indexOf(10)) {
      yield* this.#cut(data.subarray(0, end), true);
      data = data.subarray(end + 1);
    }
    while (data.length > MAX_PIECE) {
      yield this.#piece(data.subarray(0, MAX_PIECE), false);
      data = data.subarray(MAX_PIECE);
    }
    this.#rest = data;
  }

  /** What follows the last line feed, if anything does. */
  *end(): Generator<LinePiece> {
    if (this.#rest.length > 0 || this.#inLine) yield* this.#cut(this.#rest, true);
    this.#rest = Buffer.alloc(0);
  }

  *#cut(line: Buffer, last: boolean): Generator<LinePiece> {
    let at = 0;
    for (; line.length - at > MAX_PIECE; at += MAX_PIECE) yield this.#piece(line.subarray(at, at + MAX_PIECE), false);
    yield this.#piece(line.subarray(at), last);
  }

  #piece(bytes: Buffer, last: boolean): LinePiece {
    const first = !this.#inLine;
    this.#inLine = !last;
    return { bytes, first, last };
  }
}
