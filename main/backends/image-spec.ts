import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { ImageSpec } from "./backend.ts";
import { listContext } from "./image-context.ts";

export interface ImageSource {
  /** Repository part of the tag, e.g. `bot-bottle-agent`. */
  readonly name: string;
  readonly build: ImageSpec["build"];
}

/** Names an image by a digest of everything it is built from: a changed input is another image, an old one is never taken for it. */
export async function describeImage({ name, build }: ImageSource): Promise<ImageSpec> {
  const digest = createHash("sha256");
  const add = (part: string | Uint8Array) => digest.update(`${part.length}:`).update(part);
  add(await readFile(build.dockerfile));
  add(build.base?.ref ?? "");
  add(build.publicBase ?? "");
  for (const [argument, { ref }] of sorted(build.copiesFrom ?? {})) add(`${argument}=${ref}`);
  for (const [key, value] of sorted(build.args)) add(`${key}=${value}`);
  for (const file of await listContext(build)) {
    add(`${file.name} ${file.executable}`);
    add(file.link ?? (await readFile(file.path)));
  }
  return { ref: `${name}:${digest.digest("hex").slice(0, 16)}`, build };
}

function sorted<T>(record: Readonly<Record<string, T>>): readonly [string, T][] {
  return Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
