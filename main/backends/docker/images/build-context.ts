import { readFile } from "node:fs/promises";
import { pack } from "tar-stream";
import type { ImageSpec } from "../../backend.ts";
import { listContext } from "../../image-context.ts";

/** Name under which the Dockerfile and the operator's roots lie in every context, whatever else it holds. */
export const DOCKERFILE_NAME = ".bot-bottle.Dockerfile";
export const OPERATOR_CA_NAME = ".operator-ca.pem";

/**
 * A build context as a tar. `operatorCa` is always there, empty where the operator trusts no further roots, so that the
 * same Dockerfile builds behind a company's proxy and elsewhere; only stages whose layers are dropped may copy it.
 */
export function packContext(build: ImageSpec["build"], operatorCa: string): NodeJS.ReadableStream {
  const tar = pack();
  const fill = async () => {
    tar.entry({ name: DOCKERFILE_NAME }, await readFile(build.dockerfile));
    tar.entry({ name: OPERATOR_CA_NAME }, operatorCa);
    for (const file of await listContext(build)) {
      if (file.link !== null) tar.entry({ name: file.name, type: "symlink", linkname: file.link, mtime: EPOCH });
      else tar.entry({ name: file.name, mode: file.executable ? 0o755 : 0o644, mtime: EPOCH }, await readFile(file.path));
    }
    tar.finalize();
  };
  fill().catch((error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))));
  return tar as unknown as NodeJS.ReadableStream;
}

/** One time for all files, so that the builder's cache sees content alone. */
const EPOCH = new Date(0);
