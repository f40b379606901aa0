import { link, mkdir, realpath, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { OperatorError } from "#common/domain/operator-error.ts";
import { decodeManifest } from "#common/manifest/source-text.ts";
import { writeFileAtomic } from "../platform/atomic-file.ts";
import { withFileLock } from "../platform/file-lock.ts";
import type { HomePaths } from "../platform/home.ts";
import { errorCode } from "./file-text-reader.ts";
import type { ManifestPlace, ManifestRef } from "./manifest-place.ts";
import { liesInside, placeOf } from "./manifest-place.ts";
import { digestOf, readBytes } from "./stored-manifest.ts";

/**
 * Writes a manifest of the home as a whole. `digest` is of what the edit started from, null for a new file: what somebody else
 * wrote since is not overwritten. A text with errors is saved like any other; they show beside the file.
 */
export async function saveManifest(home: HomePaths, ref: ManifestRef, source: string, digest: string | null): Promise<void> {
  const place = await requireWritable(home, ref);
  requireText(source);
  await mkdir(dirname(place.file), { recursive: true, mode: 0o700 });
  await exclusively(home, async () => {
    if (digest === null) await create(place.file, source);
    else await replace(place.file, source, await requireUnchanged(place, digest));
  });
}

/** Deletes a manifest of the home, if it still is what the operator saw. */
export async function deleteManifest(home: HomePaths, ref: ManifestRef, digest: string): Promise<void> {
  const place = await requireWritable(home, ref);
  await exclusively(home, async () => {
    await requireUnchanged(place, digest);
    await rm(place.file);
  });
}

/** Several panels and command lines of one home do not write at once. */
function exclusively(home: HomePaths, task: () => Promise<void>): Promise<void> {
  return withFileLock(home.root, ".manifests", task);
}

async function requireWritable(home: HomePaths, ref: ManifestRef): Promise<ManifestPlace> {
  const place = placeOf(home, ref);
  if (place.source === "workspace") {
    throw new OperatorError("not-permitted", {
      message: `${place.file} belongs to the workspace, which bot-bottle never writes to`,
      hint: "Edit it in the project, or make an agent of your own from a copy",
    });
  }
  if (await liesInside(place.file, place.root).catch(() => false)) return place;
  throw new OperatorError("not-permitted", {
    message: `${place.file} leads out of ${place.root} by a link`,
    hint: "Edit the file where it really is; the change shows here at once",
  });
}

function requireText(source: string): void {
  const checked = decodeManifest(new TextEncoder().encode(source));
  if (checked.ok && source.isWellFormed()) return;
  throw new OperatorError("bad-input", {
    message: checked.ok ? "the text holds half of a character" : (checked.problems[0]?.message ?? ""),
  });
}

async function requireUnchanged({ file }: ManifestPlace, digest: string): Promise<Uint8Array> {
  const stored = await readBytes(file);
  if (stored !== null && digestOf(stored) === digest) return stored;
  throw new OperatorError("conflict", {
    message: stored === null ? `${file} was deleted since you opened it` : `${file} changed on disk since you opened it`,
    hint: stored === null ? "Save it under a new name to keep your text" : "Load it again and repeat your edit",
  });
}

/** A link inside of the home stays one: what it leads to is replaced. */
async function replace(file: string, source: string, stored: Uint8Array): Promise<void> {
  const target = await realpath(file);
  const { mode } = await stat(target);
  await writeFileAtomic(target, likeStored(source, stored), mode & 0o777);
}

/** Appears as a whole or not at all, and never in place of a file that was made meanwhile. */
async function create(file: string, source: string): Promise<void> {
  const complete = `${file}.new`;
  await writeFileAtomic(complete, source);
  try {
    await link(complete, file).catch((error: unknown) => {
      if (errorCode(error) === "EEXIST") throw error;
      // File systems without hard links: what is lost is only that a crash in the middle could leave half a file.
      return writeFile(file, source, { flag: "wx", mode: 0o600 });
    });
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
    throw new OperatorError("conflict", { message: `${file} exists already`, hint: "Choose another name, or open that file" });
  } finally {
    await rm(complete, { force: true });
  }
}

const BYTE_ORDER_MARK = "\ufeff";

/** A file that had Windows line ends or a byte order mark keeps them: an editor shows texts without. */
function likeStored(source: string, stored: Uint8Array): string {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(stored);
  const windows = text.includes("\r\n") && !/(?:^|[^\r])\n/.test(text);
  const lines = source.replace(/\r\n?/g, "\n");
  return (text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : "") + (windows ? lines.replaceAll("\n", "\r\n") : lines);
}
