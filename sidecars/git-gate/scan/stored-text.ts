import type { ObjectId, PushCommit } from "#common/domain/git.ts";
import type { ScanPlace } from "./scan-place.ts";

/** The words of a commit or tag, apart by who sees them where; `line` counts in the message, 0 elsewhere. */
export interface StoredText {
  readonly place: ScanPlace;
  readonly lines: readonly { readonly line: number; readonly bytes: Buffer }[];
}

/** What git itself fills in. */
const FIXED_HEADERS = ["tree", "parent", "object", "type"];
const PEOPLE = ["author", "committer", "tagger"];

/**
 * Reads a commit or tag as it is stored. What git shows of one leaves out signatures, unknown headers and all that follows a
 * zero byte; all of that is sent upstream.
 */
export function readStoredText(kind: "commit" | "tag", commit: ObjectId | null, stored: Buffer): readonly StoredText[] {
  const end = stored.indexOf("\n\n");
  const headers = splitLines(end === -1 ? stored : stored.subarray(0, end));
  const message = end === -1 ? [] : splitLines(stored.subarray(end + 2));
  const at = (place: ScanPlace["place"]): ScanPlace => ({ commit, place: kind === "tag" ? "tag" : place, path: null, before: false });
  const people = headers.filter((header) => PEOPLE.includes(keyOf(header))).map((header) => ({ line: 0, bytes: nameOf(header) }));
  const others = headers.filter((header) => ![...FIXED_HEADERS, ...PEOPLE].includes(keyOf(header)));
  return [
    { place: at("author"), lines: people },
    { place: at("message"), lines: others.map((bytes) => ({ line: 0, bytes })) },
    { place: at("message"), lines: message.map((bytes, index) => ({ line: index + 1, bytes })) },
  ];
}

/** How a commit is listed; the caller redacts it. */
export function describeCommit(id: ObjectId, stored: Buffer): PushCommit {
  const end = stored.indexOf("\n\n");
  const headers = splitLines(end === -1 ? stored : stored.subarray(0, end));
  const author = headers.find((header) => keyOf(header) === "author")?.toString("utf8") ?? "";
  const [, name = "", seconds = ""] = /^author (.*) (\d{1,12}) [+-]\d{4}$/s.exec(author) ?? [];
  const subject =
    end === -1
      ? ""
      : (stored
          .subarray(end + 2)
          .toString("utf8")
          .split("\n")[0] ?? "");
  return { id, author: name.slice(0, 400), date: seconds === "" ? "" : dateOf(Number(seconds)), subject: subject.slice(0, 500) };
}

function dateOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}

function keyOf(header: Buffer): string {
  return header.subarray(0, Math.max(0, header.indexOf(32))).toString("latin1");
}

/** Name and address without key and time: the word "author" before an `=` in a name would look like a credential's label. */
function nameOf(header: Buffer): Buffer {
  const text = header.subarray(header.indexOf(32) + 1);
  const close = text.lastIndexOf(">");
  return close === -1 ? text : text.subarray(0, close + 1);
}

function splitLines(bytes: Buffer): readonly Buffer[] {
  const lines: Buffer[] = [];
  let start = 0;
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return start < bytes.length ? [...lines, bytes.subarray(start)] : lines;
}
