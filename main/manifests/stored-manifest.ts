import { createHash } from "node:crypto";
import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { open, realpath } from "node:fs/promises";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { ManifestSource } from "#common/ipc/manifest-methods.ts";
import { decodeManifest, MAX_MANIFEST_BYTES, tooLarge } from "#common/manifest/source-text.ts";
import type { HomePaths } from "../platform/home.ts";
import { errorCode, NOFOLLOW, NONBLOCK } from "./file-text-reader.ts";
import type { ManifestPlace, ManifestRef } from "./manifest-place.ts";
import { liesInside, placeOf } from "./manifest-place.ts";

/** The text of a manifest as an editor gets it, whatever is wrong with what it says. */
export async function readStoredManifest(home: HomePaths, ref: ManifestRef): Promise<ManifestSource> {
  const place = placeOf(home, ref);
  const inside = await liesInside(place.file, place.root).catch(() => false);
  if (place.source === "workspace" && !inside) {
    throw new OperatorError("not-permitted", { message: `${place.file} is a link that leads out of the workspace; it is not read` });
  }
  const bytes = await readBytes(place.file);
  if (bytes === null) {
    throw new OperatorError("not-found", {
      message: `There is no file ${place.file}`,
      hint: "It may have been deleted or renamed meanwhile",
    });
  }
  const text = decodeManifest(bytes);
  if (!text.ok) throw unreadable(place, text.problems[0]?.message ?? "the file cannot be read");
  const workspace = place.source === "workspace" ? ref.workspace : null;
  const writable = place.source === "home" && inside;
  return { ...ref, workspace, file: place.file, source: text.value, digest: digestOf(bytes), writable };
}

/** The bytes of a manifest; null where there is no such file. */
export async function readBytes(file: string): Promise<Uint8Array | null> {
  try {
    // What a link leads to is decided once; and opening a pipe must not wait for a writer for ever.
    await using handle = await open(await realpath(file), constants.O_RDONLY | NONBLOCK | NOFOLLOW);
    const info = await handle.stat();
    if (!info.isFile()) throw unreadable({ file }, "this is not a file");
    const bytes = info.size > MAX_MANIFEST_BYTES ? null : await readAtMost(handle, MAX_MANIFEST_BYTES + 1);
    if (bytes === null || bytes.byteLength > MAX_MANIFEST_BYTES) throw unreadable({ file }, tooLarge(info.size).message);
    return bytes;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    if (error instanceof OperatorError) throw error;
    throw unreadable({ file }, `the file cannot be read (${errorCode(error)})`);
  }
}

/** Bounded, whatever the size was said to be: the file may grow while it is read. */
async function readAtMost(handle: FileHandle, limit: number): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafe(limit);
  let length = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, length, limit - length);
    length += bytesRead;
    if (bytesRead === 0 || length === limit) return buffer.subarray(0, length);
  }
}

export function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function unreadable({ file }: Pick<ManifestPlace, "file">, reason: string): OperatorError {
  return new OperatorError("manifest-invalid", {
    message: `${file}: ${reason}`,
    hint: "Put the file right, or delete it, with other means",
  });
}
