import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { ManifestSource } from "#common/ipc/manifest-methods.ts";
import { decodeManifest, MAX_MANIFEST_BYTES, tooLarge } from "#common/manifest/source-text.ts";
import type { HomePaths } from "../platform/home.ts";
import { errorCode } from "./file-text-reader.ts";
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
    // Looked at before it is opened: opening a pipe would wait for a writer for ever.
    const info = await stat(file);
    if (!info.isFile()) throw unreadable({ file }, "this is not a file");
    if (info.size > MAX_MANIFEST_BYTES) throw unreadable({ file }, tooLarge(info.size).message);
    return await readFile(file);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    if (error instanceof OperatorError) throw error;
    throw unreadable({ file }, `the file cannot be read (${errorCode(error)})`);
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
