import type { Readable } from "node:stream";
import type Docker from "dockerode";
import { OperatorError } from "#common/domain/operator-error.ts";
import { engineReason, engineStatus } from "../engine/engine-error.ts";

/** A folder of a container as the engine packs it; works on one that has exited, too. */
export async function copyOut(container: Docker.Container, path: string, signal: AbortSignal): Promise<Readable> {
  signal.throwIfAborted();
  try {
    // The connection's own answer, which is a stream of Node's whatever the types say.
    return (await container.getArchive({ path, abortSignal: signal })) as unknown as Readable;
  } catch (error) {
    if (engineStatus(error) !== 404 || !/could not find the file/i.test(engineReason(error))) throw error;
    throw new OperatorError("not-found", {
      message: `the bottle has no ${path} any more`,
      hint: "The agent moved or removed it: look with `bot-bottle exec`.",
      cause: error,
    });
  }
}
