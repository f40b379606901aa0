import { posix } from "node:path";
import { Readable } from "node:stream";
import type Docker from "dockerode";
import { OperatorError } from "#common/domain/operator-error.ts";
import { GUEST } from "../launch/container-options.ts";
import { TAR_END } from "../launch/tar-header.ts";
import { copyOut } from "../streams/copy-out.ts";

/** A file may claim any size without having it; what is more than this would take hours and fill the engine's disk. */
const MOST_BYTES = 32 * 1024 ** 3;

/**
 * Copies the guest's home from one container to another that has not started, engine to engine: owners, modes, links and
 * names stay as they are, sockets do not move. Nothing of it is read here or kept, however large it is.
 */
export async function moveHome(from: Docker.Container, to: Docker.Container, signal: AbortSignal): Promise<void> {
  const home = await copyOut(from, GUEST.home, signal);
  const tar = Readable.from(wholeArchive(home, MOST_BYTES), { objectMode: false });
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  const cancel = () => tar.destroy(signal.reason);
  tar.once("error", failed.reject);
  signal.addEventListener("abort", cancel, { once: true });
  try {
    await Promise.race([to.putArchive(tar, { path: posix.dirname(GUEST.home) }), failed.promise]);
    signal.throwIfAborted();
  } finally {
    signal.removeEventListener("abort", cancel);
    tar.destroy();
    home.destroy();
  }
}

/** A connection that is lost between two files would look like the end: what came until then must not pass for all. */
export async function* wholeArchive(tar: AsyncIterable<Buffer>, mostBytes: number): AsyncGenerator<Buffer> {
  let tail: Buffer = Buffer.alloc(0);
  let bytes = 0;
  for await (const chunk of tar) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw tooLarge(mostBytes);
    tail = Buffer.concat([tail, chunk.subarray(-TAR_END.length)]).subarray(-TAR_END.length);
    yield chunk;
  }
  if (!tail.equals(TAR_END)) throw new Error("the engine's copy of the agent's home ended early");
}

function tooLarge(mostBytes: number): OperatorError {
  return new OperatorError("unsupported", {
    message: `The agent's home holds more than ${mostBytes / 1024 ** 3} GiB, which is not moved`,
    hint: "Have what is not needed removed in the bottle, then approve again. Files with holes count with them",
  });
}
