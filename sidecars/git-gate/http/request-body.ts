import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { HttpRefusal } from "./http-refusal.ts";
import { refusal } from "./http-refusal.ts";

/** Thrown out of a body that cannot be taken any further. */
export class BodyRefused extends Error {
  override readonly name = "BodyRefused";
  readonly refusal: HttpRefusal;

  constructor(why: HttpRefusal) {
    super(why.body);
    this.refusal = why;
  }
}

export interface BodyLimits {
  readonly bytes: number;
  /** Between two pieces. */
  readonly idleMs: number;
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
  readonly #request: IncomingMessage;
  readonly #limits: BodyLimits;
  readonly #source: Readable;
  #bytes = 0;

  constructor(request: IncomingMessage, limits: BodyLimits) {
    this.#request = request;
    this.#limits = limits;
    this.#source = /gzip/.test(request.headers["content-encoding"] ?? "") ? this.#unpacked() : request;
  }

  /** Of what was read so far, unpacked. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Everything arrived, and was not cut off. */
  get complete(): boolean {
    return this.#request.complete;
  }

  /** Throws `BodyRefused` on too much, on a client that stalls, and on what gzip cannot be. */
  async *chunks(): AsyncGenerator<Buffer> {
    const idle = setTimeout(() => this.#source.destroy(new BodyRefused(refusal(408, "nothing came for too long"))), this.#limits.idleMs);
    try {
      // Without destroyOnReturn the request stays open for the answer.
      for await (const chunk of this.#source.iterator({ destroyOnReturn: false })) {
        idle.refresh();
        this.#bytes += (chunk as Buffer).length;
        if (this.#bytes > this.#limits.bytes + HEAD_BYTES) throw new BodyRefused(tooLarge(this.#limits));
        yield chunk as Buffer;
      }
    } finally {
      clearTimeout(idle);
    }
  }

  #unpacked(): Readable {
    const gunzip = createGunzip();
    gunzip.on("error", () => undefined);
    this.#request.on("aborted", () => gunzip.destroy(new Error("the client hung up")));
    return this.#request.pipe(gunzip);
  }
}

function tooLarge({ bytes }: BodyLimits): HttpRefusal {
  return refusal(413, `a push may have at most ${Math.floor(bytes / 1024 / 1024)} MiB here: push in parts, or ask the operator for more`);
}
