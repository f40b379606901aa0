import { excerpt } from "./excerpt.ts";
import type { Checked, Position, Problem } from "./problem.ts";
import { failed, passed, problemAt, START_OF_FILE } from "./problem.ts";

/** Larger files are refused unread: no prompt comes near, and a repository must not be able to stall the panel. */
export const MAX_MANIFEST_BYTES = 1024 * 1024;

/** The text of a manifest file: UTF-8, without byte order mark, lines ended by a single newline. */
export function decodeManifest(bytes: Uint8Array): Checked<string> {
  if (bytes.byteLength > MAX_MANIFEST_BYTES) return failed(tooLarge(bytes.byteLength));
  const text = decodeUtf8(bytes);
  if (text === null) return failed(notUtf8(bytes));
  const lines = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
  const nul = lines.indexOf("\0");
  return nul === -1 ? passed(lines) : failed(problemIn(lines, nul, "the file holds a NUL character; it is not a text file"));
}

export function tooLarge(bytes: number): Problem {
  return problemAt(START_OF_FILE, `the file has ${bytes} bytes; a manifest may have at most ${MAX_MANIFEST_BYTES}`);
}

/** Keeps nothing between texts, and is made once: making it takes three times as long as decoding a manifest. */
const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return STRICT.decode(bytes);
  } catch {
    return null;
  }
}

const REPLACEMENT = "\ufffd";

/** Decoded leniently, what is no UTF-8 turns into the replacement character, which shows where it is. */
function notUtf8(bytes: Uint8Array): Problem {
  const text = new TextDecoder("utf-8").decode(bytes).replace(/\r\n?/g, "\n");
  return problemIn(text, Math.max(0, text.indexOf(REPLACEMENT)), "the file is not UTF-8 text; save it with UTF-8 encoding");
}

function problemIn(text: string, offset: number, message: string): Problem {
  const before = text.slice(0, offset);
  const column = offset - before.lastIndexOf("\n");
  const position: Position = { line: before.split("\n").length, column, endColumn: column + 1 };
  return problemAt(position, message, excerpt(text, position));
}
