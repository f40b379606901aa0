import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { HttpRefusal } from "./http-refusal.ts";
import { drain, refusal } from "./http-refusal.ts";

/** Thrown out of a body that cannot be taken any further. */
export class BodyRefused extends Error {
  override readonly name = "BodyRefused";
  readonly refusal: HttpRefusal;

  constructor(why: HttpRefusal) {
    super(why.body);
    this.refusal = why;
  }
}

/** What all open requests may have sent together: a push's objects lie on the disk until it is decided. */
export class BodyRoom {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** False when there is no room for it. */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#left += bytes;
  }
}

export interface BodyLimits {
  readonly bytes: number;
  /** Between two pieces. */
  readonly idleMs: number;
  readonly room: BodyRoom;
}

/** Commands and framing beside the pack. */
const HEAD_BYTES = 2 * 1024 * 1024;

/** Why the headers of a body rule it out before any of it is read; null when they do not. */
export function headersProblem({ headers }: IncomingMessage, type: string, limits: BodyLimits): HttpRefusal | null {
  if (headers["content-type"] !== type) return refusal(415, `the content type must be ${type}`);
  if (!["gzip", "x-gzip", "identity", undefined].includes(headers["content-encoding"]))
    return refusal(415, "only gzip is understood as an encoding");
  const length = headers["content-length"];
  if (length === undefined && headers["transfer-encoding"] === undefined) return refusal(411, "the length of the body is missing");
  if (length !== undefined && !/^[0-9]{1,15}$/.test(length)) return refusal(400, "the length of the body is malformed");
  return Number(length ?? 0) > limits.bytes + HEAD_BYTES ? tooLarge(limits) : null;
}

/** A request's body, unpacked and counted, at the pace of whoever reads it. */
export class RequestBody {
  /** Throws `BodyRefused` on too much and on a client that stalls, and other errors on what gzip cannot be. */
  readonly chunks: AsyncGenerator<Buffer>;
  readonly #request: IncomingMessage;
  readonly #limits: BodyLimits;
  #bytes = 0;
  #roomTaken = 0;

  constructor(request: IncomingMessage, limits: BodyLimits) {
    this.#request = request;
    this.#limits = limits;
    this.chunks = this.#read();
  }

  /** Of what was read so far, unpacked. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Nobody wants the rest. */
  async close(): Promise<void> {
    await this.chunks.return(undefined);
    this.#request.unpipe();
    drain(this.#request);
    this.#limits.room.giveBack(this.#roomTaken);
    this.#roomTaken = 0;
  }

  async *#read(): AsyncGenerator<Buffer> {
    const source = /gzip/.test(this.#request.headers["content-encoding"] ?? "") ? unpacked(this.#request) : this.#request;
    // Destroyed with its iterator, the request would take the answer with it.
    const pieces = source.iterator({ destroyOnReturn: false });
    try {
      for (;;) {
        const { value, done } = await this.#next(source, pieces);
        if (done === true) return;
        this.#bytes += value.length;
        if (this.#bytes > this.#limits.bytes + HEAD_BYTES) throw new BodyRefused(tooLarge(this.#limits));
        if (!this.#limits.room.take(value.length)) throw new BodyRefused(NO_ROOM);
        this.#roomTaken += value.length;
        yield value;
      }
    } finally {
      await pieces.return?.();
    }
  }

  /** Only what the client takes its time for counts: whoever reads may be slow. */
  async #next(source: Readable, pieces: AsyncIterator<Buffer>): Promise<IteratorResult<Buffer>> {
    const idle = setTimeout(() => source.destroy(new BodyRefused(refusal(408, "nothing came for too long"))), this.#limits.idleMs);
    try {
      return await pieces.next();
    } finally {
      clearTimeout(idle);
    }
  }
}

function unpacked(request: IncomingMessage): Readable {
  const gunzip = createGunzip();
  gunzip.on("error", () => undefined);
  request.on("close", () => request.complete || gunzip.destroy(new Error("the client hung up")));
  return request.pipe(gunzip);
}

const NO_ROOM = refusal(429, "other pushes that are under way take up the room that there is: try again when they are over");

function tooLarge({ bytes }: BodyLimits): HttpRefusal {
  return refusal(
    413,
    `a request may have at most ${Math.floor(bytes / 1024 / 1024)} MiB here: push in parts, or ask the operator for more`,
  );
}
