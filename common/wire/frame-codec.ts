/** Length-prefixed JSON frames: four bytes big-endian length, then that many bytes of UTF-8 JSON (D6). */

/** A peer that claims more than this is refused before anything is buffered for it. */
export const MAX_FRAME_BYTES = 8 * 1024 * 1024;

const HEADER_BYTES = 4;

export class FrameError extends Error {
  override readonly name = "FrameError";
}

export function encodeFrame(message: unknown): Uint8Array {
  return encodeFrameText(JSON.stringify(message));
}

/** A frame of what is JSON already, so that events stored as text need not be parsed to be sent. */
export function encodeFrameText(json: string): Uint8Array {
  const body = new TextEncoder().encode(json);
  if (body.byteLength > MAX_FRAME_BYTES) throw new FrameError(`frame of ${body.byteLength} bytes exceeds ${MAX_FRAME_BYTES}`);
  const frame = new Uint8Array(HEADER_BYTES + body.byteLength);
  new DataView(frame.buffer).setUint32(0, body.byteLength);
  frame.set(body, HEADER_BYTES);
  return frame;
}

/**
 * Cuts a byte stream into frames. `push` returns the JSON values that are complete; throws `FrameError` on a length
 * over the limit or on bytes that are not JSON, after which the stream cannot be trusted and must be closed.
 */
export class FrameDecoder {
  #chunks: Uint8Array[] = [];
  #buffered = 0;

  push(chunk: Uint8Array): unknown[] {
    this.#chunks.push(chunk);
    this.#buffered += chunk.byteLength;
    const messages: unknown[] = [];
    for (let body = this.#takeFrame(); body !== null; body = this.#takeFrame()) messages.push(parseBody(body));
    return messages;
  }

  #takeFrame(): Uint8Array | null {
    if (this.#buffered < HEADER_BYTES) return null;
    const header = this.#peek(HEADER_BYTES);
    const length = new DataView(header.buffer, header.byteOffset, HEADER_BYTES).getUint32(0);
    if (length > MAX_FRAME_BYTES) throw new FrameError(`frame of ${length} bytes exceeds ${MAX_FRAME_BYTES}`);
    if (this.#buffered < HEADER_BYTES + length) return null;
    this.#take(HEADER_BYTES);
    return this.#take(length);
  }

  #peek(count: number): Uint8Array {
    const first = this.#chunks[0];
    if (first !== undefined && first.byteLength >= count) return first.subarray(0, count);
    this.#chunks = [this.#joined()];
    return this.#peek(count);
  }

  #take(count: number): Uint8Array {
    if (count === 0) return new Uint8Array(0);
    const bytes = this.#peek(count);
    const first = this.#chunks[0] as Uint8Array;
    if (first.byteLength === count) this.#chunks.shift();
    else this.#chunks[0] = first.subarray(count);
    this.#buffered -= count;
    return bytes;
  }

  #joined(): Uint8Array {
    const all = new Uint8Array(this.#buffered);
    let offset = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, offset);
      offset += chunk.byteLength;
    }
    return all;
  }
}

function parseBody(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    // The content is the peer's and may hold a secret: the error says only that it was unreadable.
    throw new FrameError("frame is not valid JSON");
  }
}
