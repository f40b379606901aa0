import type { BigIntStats } from "node:fs";
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from "node:fs";
import type { Checked } from "#common/manifest/problem.ts";
import { failed, problemAt, START_OF_FILE } from "#common/manifest/problem.ts";
import { decodeManifest, MAX_MANIFEST_BYTES, tooLarge } from "#common/manifest/source-text.ts";

/** A file's text, and the state of the file that it is of; null for what is no file. */
export interface FileText {
  readonly stats: BigIntStats | null;
  readonly text: Checked<string>;
}

// Neither exists on Windows, where there is nothing to guard against with it either.
export const NONBLOCK = constants.O_NONBLOCK ?? 0;
export const NOFOLLOW = constants.O_NOFOLLOW ?? 0;

/**
 * Reads the files of a folder that was just listed. Synchronously, because a thousand small files are read so in a tenth of the
 * time; non-blocking, because opening a pipe would wait for a writer for ever; bounded, whatever the size was said to be.
 */
export class FileTextReader {
  /** Most manifests fit, and a buffer for each would cost more than reading it. */
  readonly #buffer = Buffer.allocUnsafe(64 * 1024);

  /** Without `follow` a link is not read, also one that the name became just now. */
  read(file: string, follow: boolean): FileText | null {
    try {
      const descriptor = openSync(file, constants.O_RDONLY | NONBLOCK | (follow ? 0 : NOFOLLOW));
      try {
        return this.#readOpen(descriptor);
      } finally {
        closeSync(descriptor);
      }
    } catch (error) {
      if (errorCode(error) === "ENOENT" && isGone(file)) return null;
      const swapped = errorCode(error) === "ELOOP" && !follow;
      return { stats: null, text: problem(swapped ? "the file became a link while it was read" : unreadableMessage(errorCode(error))) };
    }
  }

  #readOpen(descriptor: number): FileText {
    // Before the content: a change in between then shows at the next look, and not never.
    const stats = fstatSync(descriptor, { bigint: true });
    if (!stats.isFile()) return { stats: null, text: problem("this is not a file") };
    if (stats.size > MAX_MANIFEST_BYTES) return { stats, text: failed(tooLarge(Number(stats.size))) };
    return { stats, text: decodeManifest(this.#readAll(descriptor)) };
  }

  /** Reads on until the end, also where the file grew meanwhile; one byte more than allowed, so that it is refused. */
  #readAll(descriptor: number): Uint8Array {
    let buffer = this.#buffer;
    let length = 0;
    for (;;) {
      const count = readSync(descriptor, buffer, length, buffer.length - length, null);
      length += count;
      if (count === 0 || length > MAX_MANIFEST_BYTES) return buffer.subarray(0, length);
      if (length === buffer.length) buffer = Buffer.concat([buffer], Math.min(buffer.length * 4, MAX_MANIFEST_BYTES + 1));
    }
  }
}

function isGone(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) === undefined;
}

function problem(message: string): Checked<string> {
  return failed(problemAt(START_OF_FILE, message));
}

function unreadableMessage(code: string): string {
  if (code === "ELOOP") return "the file is a link that leads back to itself";
  if (code === "ENOENT") return "the file is a link to something that does not exist";
  if (code === "EACCES" || code === "EPERM") return "the file cannot be read: permission denied";
  // A socket cannot be opened, and a device without hardware behind it neither.
  if (code === "ENXIO" || code === "ENODEV") return "this is not a file";
  return `the file cannot be read (${code})`;
}

export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}
