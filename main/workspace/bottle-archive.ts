import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { Header } from "tar-stream";
import { extract } from "tar-stream";
import { OperatorError } from "#common/domain/operator-error.ts";
import { formatBytes } from "./amounts.ts";
import type { EntryState } from "./entry-state.ts";
import { MAX_RECORDED } from "./record.ts";

/** One entry of a bottle's workspace, as the bottle tells it; `refused` where it is nothing a host should have. */
export interface BottleEntry {
  readonly path: string;
  readonly state: EntryState;
  readonly refused: string | null;
  /** What the file begins with, as much of it as was asked for; null for what is no file. */
  readonly head: Buffer | null;
  /** For a further name of a file: the one it was told under before. */
  readonly linkOf: string | null;
}

export interface ArchiveOptions {
  /** Name of the folder that was copied out: every entry begins with it. */
  readonly folder: string;
  /** How much of a file's beginning is wanted. */
  headBytes(path: string, size: number): number;
  /** Takes a file's content as it passes. */
  onContent?(path: string, chunk: Buffer): Promise<void>;
  onProgress?(entries: number, bytes: number): void;
}

/** More than this is not read through for a comparison. */
const MAX_BYTES = 16 * 1024 ** 3;
const SETS_ID = 0o7000;

/**
 * Reads a tar of a bottle's workspace. Everything in it is hostile: what breaks the form ends the reading, what no host
 * should get is told with its reason, and nothing of a path is resolved here.
 */
export async function* readBottleArchive(tar: Readable, options: ArchiveOptions, signal: AbortSignal): AsyncGenerator<BottleEntry> {
  const files = extract();
  const source = Readable.from(wholeArchive(tar));
  source.on("error", (error) => files.destroy(error));
  // Ends the reading itself: the source may be waiting for a bottle that sends nothing.
  const cancel = () => files.destroy(signal.reason);
  signal.addEventListener("abort", cancel, { once: true });
  try {
    source.pipe(files);
    yield* readEntries(files, options);
    signal.throwIfAborted();
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof OperatorError ? error : brokenArchive(error);
  } finally {
    signal.removeEventListener("abort", cancel);
    source.destroy();
    tar.destroy();
  }
}

/** A file that shrinks while the engine packs it ends its archive early: what came until then must not pass for all. */
async function* wholeArchive(tar: Readable): AsyncGenerator<Buffer> {
  let tail: Buffer = Buffer.alloc(0);
  for await (const chunk of tar as AsyncIterable<Buffer>) {
    tail = chunk.length >= 1024 ? chunk.subarray(-1024) : Buffer.concat([tail, chunk]).subarray(-1024);
    yield chunk;
  }
  if (tail.length < 1024 || tail.some((byte) => byte !== 0)) throw new Error("the archive has no end");
}

async function* readEntries(files: ReturnType<typeof extract>, options: ArchiveOptions): AsyncGenerator<BottleEntry> {
  const told = new Map<string, EntryState>();
  let entries = 0;
  let bytes = 0;
  for await (const entry of files) {
    const { header } = entry;
    entries += 1;
    bytes += header.size ?? 0;
    if (entries > MAX_RECORDED) throw tooMany();
    if (bytes > MAX_BYTES) throw tooLarge(header.name, header.size ?? 0);
    const path = pathBelow(options.folder, header);
    const described = await describe(header, path ?? header.name, entry as unknown as Readable, told, options);
    if (path === "") continue;
    const refused = path === null ? "its path leads out of the folder" : told.has(path) ? "the bottle names it twice" : described.refused;
    told.set(path ?? header.name, described.state);
    options.onProgress?.(entries, bytes);
    yield { ...described, path: path ?? header.name, refused };
  }
}

type Described = Pick<BottleEntry, "state" | "refused" | "head" | "linkOf">;

async function describe(
  header: Header,
  path: string,
  content: Readable,
  told: ReadonlyMap<string, EntryState>,
  options: ArchiveOptions,
): Promise<Described> {
  const none = { head: null, linkOf: null };
  if (header.type === "file" || header.type === "contiguous-file") return describeFile(header, path, content, options);
  content.resume();
  switch (header.type) {
    case "directory":
      return { ...none, state: { kind: "folder" }, refused: null };
    case "symlink":
      return { ...none, state: { kind: "link", target: header.linkname ?? "" }, refused: null };
    case "link":
      return describeFurtherName(header, told, options);
    default:
      return { ...none, state: { kind: "link", target: "" }, refused: `it is no file, folder or link (${header.type ?? "unknown"})` };
  }
}

async function describeFile(header: Header, path: string, content: Readable, options: ArchiveOptions): Promise<Described> {
  const size = header.size ?? 0;
  const wanted = options.headBytes(path, size);
  const digest = createHash("sha256");
  const head: Buffer[] = [];
  let read = 0;
  for await (const chunk of content as AsyncIterable<Buffer>) {
    digest.update(chunk);
    if (read < wanted) head.push(Buffer.from(chunk.subarray(0, wanted - read)));
    read += chunk.length;
    await options.onContent?.(path, chunk);
  }
  const mode = header.mode ?? 0;
  return {
    state: { kind: "file", executable: (mode & 0o111) !== 0, size, sha256: digest.digest("base64url") },
    refused: (mode & SETS_ID) === 0 ? null : "it would run as its owner whoever starts it (setuid, setgid or sticky)",
    head: Buffer.concat(head),
    linkOf: null,
  };
}

/** A hard link. Only to what this archive told before: any other target would be a file of the host. */
function describeFurtherName(header: Header, told: ReadonlyMap<string, EntryState>, { folder }: ArchiveOptions): Described {
  const target = pathBelow(folder, { ...header, name: header.linkname ?? "" });
  const state = target === null ? undefined : told.get(target);
  if (target === null || state?.kind !== "file")
    return {
      state: { kind: "link", target: header.linkname ?? "" },
      refused: "it is another name of a file outside the folder",
      head: null,
      linkOf: null,
    };
  return { state, refused: null, head: null, linkOf: target };
}

/** The path below the folder, "" for itself; null for what does not lie in it. */
function pathBelow(folder: string, { name, type }: Pick<Header, "name" | "type">): string | null {
  const plain = name.replace(/\/+$/, "");
  if (plain === folder) {
    if (type === undefined || type === null || type === "directory") return "";
    throw new OperatorError("conflict", {
      message: "The bottle's workspace is no folder any more",
      hint: "The agent replaced it: look with `bot-bottle exec`.",
    });
  }
  if (!plain.startsWith(`${folder}/`)) return null;
  const path = plain.slice(folder.length + 1);
  return path.split("/").some((part) => part === "" || part === "." || part === "..") ? null : path;
}

/** Worth another try: the agent writes while the engine reads. */
export class BrokenArchive extends OperatorError {}

function brokenArchive(cause: unknown): BrokenArchive {
  return new BrokenArchive("conflict", {
    message: "The bottle's files changed while they were read",
    hint: "Try again when the agent is quieter, or stop it first: an exited bottle's changes can be brought back too.",
    cause,
  });
}

function tooMany(): OperatorError {
  return new OperatorError("unsupported", {
    message: `The bottle's workspace has more than ${MAX_RECORDED} entries`,
    hint: "Have generated folders removed in the bottle, then compare again.",
  });
}

function tooLarge(name: string, size: number): OperatorError {
  return new OperatorError("unsupported", {
    message: `The bottle's workspace holds more than ${formatBytes(MAX_BYTES)} (up to ${JSON.stringify(name)}, ${formatBytes(size)})`,
    hint: "Have it removed in the bottle with `bot-bottle exec SLUG -- rm …`, then compare again.",
  });
}
