import { buffer } from "node:stream/consumers";
import type Docker from "dockerode";
import { extract } from "tar-stream";
import { isMissing } from "../engine/engine-error.ts";

/** Far more than any list of roots has; an agent's image may hold a file of any size there. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Text of a small file of a container; null where there is none. */
export async function readSmallFile(container: Docker.Container, path: string): Promise<string | null> {
  try {
    return await firstFile(await container.getArchive({ path }), path);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

async function firstFile(archive: NodeJS.ReadableStream, path: string): Promise<string | null> {
  const files = extract();
  archive.on("error", (error) => files.destroy(error)).pipe(files);
  try {
    for await (const entry of files) {
      if (entry.header.type !== "file") return null;
      if ((entry.header.size ?? 0) > MOST_BYTES) throw new Error(`${path} of the image is too large to be a list of certificates`);
      return (await buffer(entry)).toString();
    }
    return null;
  } finally {
    (archive as Partial<{ destroy(): void }>).destroy?.();
  }
}
