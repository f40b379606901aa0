import { once } from "node:events";
import type { Readable } from "node:stream";
import { PassThrough } from "node:stream";

/** The engine's frames of a stream without a terminal: kind, three zero bytes, length, then the bytes. */
const HEADER_BYTES = 8;
const STDERR = 2;

/**
 * Splits the engine's multiplexed stream into the program's two. A reader that is slow on one slows the source, so that a
 * flood never piles up in memory. Both end when the source does and fail when it is cut.
 */
export function demultiplex(source: Readable): { stdout: PassThrough; stderr: PassThrough } {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  // Whoever reads only one of the two must not be brought down by the other's failure.
  for (const stream of [stdout, stderr]) stream.on("error", () => {});
  const finish = (error?: Error) => {
    for (const stream of [stdout, stderr]) {
      if (error === undefined) stream.end();
      else stream.destroy(error);
    }
  };
  split(source, stdout, stderr).then(() => finish(), finish);
  return { stdout, stderr };
}

async function split(source: Readable, stdout: PassThrough, stderr: PassThrough): Promise<void> {
  let header = Buffer.alloc(0);
  let target = stdout;
  let remaining = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    let rest = chunk;
    while (rest.length > 0) {
      if (remaining === 0) {
        const wanted = HEADER_BYTES - header.length;
        header = Buffer.concat([header, rest.subarray(0, wanted)]);
        rest = rest.subarray(wanted);
        if (header.length < HEADER_BYTES) break;
        target = header[0] === STDERR ? stderr : stdout;
        remaining = header.readUInt32BE(4);
        header = Buffer.alloc(0);
      }
      const body = rest.subarray(0, remaining);
      rest = rest.subarray(body.length);
      remaining -= body.length;
      if (body.length > 0) await deliver(target, body);
    }
  }
  if (remaining > 0 || header.length > 0) throw new Error("the engine cut the stream inside a frame");
}

async function deliver(target: PassThrough, body: Buffer): Promise<void> {
  if (target.destroyed || target.write(body)) return;
  // A reader that left is no reason to stall the other half.
  await Promise.race([once(target, "drain"), once(target, "close")]);
}
