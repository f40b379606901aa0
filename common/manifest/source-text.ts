import type { Checked } from "./problem.ts";
import { failed, passed, problemAt, START_OF_FILE } from "./problem.ts";

/** Larger files are refused unread: no prompt comes near, and a repository must not be able to stall the panel. */
export const MAX_MANIFEST_BYTES = 1024 * 1024;

/** The text of a manifest file: UTF-8, without byte order mark, lines ended by a single newline. */
export function decodeManifest(bytes: Uint8Array): Checked<string> {
  if (bytes.byteLength > MAX_MANIFEST_BYTES) return failed(tooLarge(bytes.byteLength));
  const text = decodeUtf8(bytes);
  if (text === null) return failed(problemAt(lineOfBadUtf8(bytes), "the file is not UTF-8 text; save it with UTF-8 encoding"));
  const lines = text.replace(/\r\n?/g, "\n");
  const nul = lines.indexOf("\0");
  if (nul !== -1) return failed(problemAt(positionAt(lines, nul), "the file holds a NUL character; it is not a text file"));
  return passed(lines);
}

export function tooLarge(bytes: number) {
  return problemAt(START_OF_FILE, `the file has ${bytes} bytes; a manifest may have at most ${MAX_MANIFEST_BYTES}`);
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return null;
  }
}

/** A newline never is part of a longer UTF-8 sequence, so lines can be tried one by one. */
function lineOfBadUtf8(bytes: Uint8Array) {
  let line = 1;
  for (let start = 0; start <= bytes.byteLength; line += 1) {
    const end = bytes.indexOf(0x0a, start);
    const stop = end === -1 ? bytes.byteLength : end;
    if (decodeUtf8(bytes.subarray(start, stop)) === null) return { line, column: 1 };
    start = stop + 1;
  }
  return START_OF_FILE;
}

function positionAt(text: string, offset: number) {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}
