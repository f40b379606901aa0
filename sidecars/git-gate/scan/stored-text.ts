import type { ObjectId, PushCommit } from "#common/domain/git.ts";
import type { ScanPlace } from "./scan-place.ts";

/** The words of a commit or tag, apart by who sees them where; `line` counts in the message, 0 elsewhere. */
export interface StoredText {
  readonly place: ScanPlace;
  readonly lines: readonly { readonly line: number; readonly bytes: Buffer }[];
}

/** What git itself fills in, and nothing beside it: the same word may begin a header once more, with anything behind it. */
const FIXED_HEADER = /^(?:(?:tree|parent|object) (?:[0-9a-f]{40}|[0-9a-f]{64})|type (?:commit|tag|tree|blob))$/;
const PERSON = /^(?:author|committer|tagger) (.*>) \d{1,20} [+-]\d{4}$/s;

/** Of what is listed of a commit. */
export const MAX_AUTHOR = 400;
export const MAX_SUBJECT = 500;

/**
 * Reads a commit or tag as it is stored. What git shows of one leaves out signatures, unknown headers and all that follows a
 * zero byte; all of that is sent upstream.
 */
export function readStoredText(kind: "commit" | "tag", commit: ObjectId | null, stored: Buffer): readonly StoredText[] {
  const end = stored.indexOf("\n\n");
  const headers = splitLines(end === -1 ? stored : stored.subarray(0, end));
  const message = end === -1 ? [] : splitLines(stored.subarray(end + 2));
  const at = (place: ScanPlace["place"]): ScanPlace => ({ commit, place: kind === "tag" ? "tag" : place, path: null, before: false });
  const people = headers.flatMap((header) => nameOf(header) ?? []).map((bytes) => ({ line: 0, bytes }));
  const others = headers.filter((header) => nameOf(header) === null && !FIXED_HEADER.test(header.toString("latin1")));
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
  return {
    id,
    author: name.slice(0, MAX_AUTHOR),
    date: seconds === "" ? "" : dateOf(Number(seconds)),
    subject: subject.slice(0, MAX_SUBJECT),
  };
}

function dateOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}

function keyOf(header: Buffer): string {
  return header.subarray(0, Math.max(0, header.indexOf(32))).toString("latin1");
}

/** Name and address without key and time: the word "author" before an `=` in a name would look like a credential's label. */
function nameOf(header: Buffer): Buffer | null {
  const name = PERSON.exec(header.toString("latin1"))?.[1];
  return name === undefined ? null : Buffer.from(name, "latin1");
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
