import type { ObjectId, PushCommit } from "#common/domain/git.ts";
import { archiveEndings, MAGIC_BYTES } from "./archive-kind.ts";
import { isBinary, textOf } from "./binary-text.ts";
import type { GitReader } from "./git-reader.ts";
import { BIG_FILE, DIFF_FORM, KNOWN } from "./git-reader.ts";
import { LinePieces } from "./line-pieces.ts";
import type { ObjectReader } from "./object-reader.ts";
import type { PatchFile } from "./patch-file.ts";
import type { PatchEvent } from "./patch-reader.ts";
import { PatchReader } from "./patch-reader.ts";
import type { FileText, PushText } from "./push-text.ts";
import { ScanError } from "./scan-limits.ts";
import type { ScanPlace } from "./scan-place.ts";
import { describeCommit, readStoredText } from "./stored-text.ts";

const LOG = ["log", "--stdin", "--format=commit %H", ...DIFF_FORM];
/**
 * Merges against all their parents, so that a line which none of them has is seen (an evil merge) and a merged history is not scanned
 * twice. One line of context keeps the line numbers in merges right. What git does not show as lines is read as a blob.
 */
const PATCHES = [...LOG, "--patch", "--unified=1", "--cc", "--irreversible-delete"];
/** The same in parts, for a push with big files: git would hold an added one in memory just to say that it shows nothing of it. */
const PATCHES_IN_PARTS = [
  [...PATCHES, "--merges"],
  [...PATCHES, "--no-merges", "--diff-filter=a"],
  [...LOG, "--raw", "--no-merges", "--diff-filter=A"],
];
const COMMITS = [...LOG, "--no-patch"];
const BIG_BLOBS = ["rev-list", "--stdin", "--objects", "--no-object-names", `--filter=blob:limit=${BIG_FILE}`, "--filter-print-omitted"];

const TOLD_COMMITS = 100;

type TakeCommit = (id: ObjectId) => Promise<void> | null;

/** Walks over what a push introduces and hands each new text on to the scanner. */
export class PushWalk {
  readonly commits: PushCommit[] = [];
  #commitCount = 0;
  readonly #git: GitReader;
  readonly #objects: ObjectReader;
  readonly #text: PushText;
  #commit: ObjectId | null = null;
  #open: { readonly file: PatchFile; readonly place: ScanPlace; readonly add: FileText } | null = null;

  constructor(git: GitReader, objects: ObjectReader, text: PushText) {
    this.#git = git;
    this.#objects = objects;
    this.#text = text;
  }

  get commitCount(): number {
    return this.#commitCount;
  }

  /** Commits reachable from these and from no ref that upstream has. */
  async walk(tips: readonly ObjectId[]): Promise<void> {
    if (tips.length === 0) return;
    const [counted, big] = await Promise.all([this.#git.ask(["rev-list", "--stdin", "--count", ...KNOWN], tips), this.#hasBigBlobs(tips)]);
    if (!big) await this.#read(PATCHES, tips, (id) => this.#takeCommit(id));
    else {
      await this.#read(COMMITS, tips, (id) => this.#takeCommit(id));
      for (const part of PATCHES_IN_PARTS) await this.#read(part, tips, () => null);
    }
    // A walk over nothing ends well too: that nothing is new must be told a second time.
    if (Number(counted) !== this.#commitCount) throw new ScanError("git did not show everything that was pushed");
  }

  /** A whole blob, as a file's content or as what a ref names. */
  async readBlob(place: ScanPlace, id: ObjectId, add: FileText): Promise<void> {
    const object = await this.#objects.open(id);
    if (object.type !== "blob") throw new ScanError("a file of the push is none");
    const [head, chunks] = await peek(object.chunks[Symbol.asyncIterator](), Math.max(8000, MAGIC_BYTES));
    const endings = archiveEndings(head, place.path);
    const binary = isBinary(head);
    const lines = new LinePieces();
    let line = 1;
    const take = (pieces: Iterable<Parameters<FileText>[1]>) => {
      for (const piece of pieces) {
        for (const part of binary ? textOf(piece) : [piece]) add(line, part);
        if (piece.last) line += 1;
      }
    };
    for await (const chunk of endings.length > 0 ? this.#text.archives.keep(place, endings, chunks) : chunks) {
      take(lines.push(chunk));
      await this.#text.drained();
    }
    take(lines.end());
  }

  async #hasBigBlobs(tips: readonly ObjectId[]): Promise<boolean> {
    let big = false;
    await this.#git.read([...BIG_BLOBS, ...KNOWN], tips, (chunk) => {
      big ||= chunk.includes("~");
    });
    return big;
  }

  async #read(log: readonly string[], tips: readonly ObjectId[], onCommit: TakeCommit): Promise<void> {
    const reader = new PatchReader();
    await this.#git.read([...log, ...KNOWN], tips, (chunk) => this.#takeAll(reader.push(chunk), onCommit));
    await this.#takeAll(reader.end(), onCommit);
  }

  async #takeAll(events: Iterable<PatchEvent>, onCommit: TakeCommit): Promise<void> {
    for (const event of events) {
      const work = event.kind === "commit" ? this.#beginCommit(event.id, onCommit) : this.#take(event);
      if (work !== null) await work;
    }
    await this.#text.drained();
  }

  #take(event: Exclude<PatchEvent, { kind: "commit" }>): Promise<void> | null {
    if (event.kind === "line") return event.sign === "+" ? this.#takeLine(event) : null;
    if (event.kind === "file") this.#takeFile(event.file);
    return event.kind === "unshown" ? this.#readWhole() : null;
  }

  #beginCommit(id: ObjectId, onCommit: TakeCommit): Promise<void> | null {
    this.#commit = id;
    this.#open = null;
    return onCommit(id);
  }

  #takeLine({ line, piece }: Extract<PatchEvent, { kind: "line" }>): Promise<void> | null {
    if (this.#open === null) throw new ScanError("git's answer holds a line of no file");
    this.#open.add(line, piece);
    // Small compressed files can pass for text.
    const archive = line === 1 && piece.first && archiveEndings(piece.bytes, null).length > 0;
    return archive ? this.#readWhole() : null;
  }

  async #takeCommit(id: ObjectId): Promise<void> {
    this.#commitCount += 1;
    const object = await this.#objects.open(id);
    if (object.type !== "commit") throw new ScanError("git named something as a commit that is none");
    const stored = await this.#objects.readWhole(object);
    if (this.commits.length < TOLD_COMMITS) this.commits.push(describeCommit(id, stored));
    for (const { place, lines } of readStoredText("commit", id, stored)) this.#text.addLines(place, lines);
  }

  #takeFile(file: PatchFile): void {
    const place: ScanPlace = { commit: this.#commit, place: "file", path: file.path, before: false };
    if (file.change === "removed") {
      this.#open = { file, place, add: () => {} };
      return;
    }
    this.#open = { file, place, add: this.#text.openFile(place) };
    if (file.change !== "changed") this.#text.add(place, 0, Buffer.from(file.path));
  }

  /** The new content as a whole, and the old one beside it, so that what it held already is not held against the push. */
  async #readWhole(): Promise<void> {
    const open = this.#open;
    if (open === null) throw new ScanError("git's answer names content of no file");
    const { file, place } = open;
    if (file.newId === null || file.change === "removed") return;
    await this.readBlob(place, file.newId, open.add);
    const before = { ...place, before: true };
    for (const id of file.oldIds) await this.readBlob(before, id, this.#text.openFile(before));
  }
}

/** Enough of the beginning to tell what it is, and the whole of it again. */
async function peek(source: AsyncIterator<Buffer>, enough: number): Promise<[Buffer, AsyncIterable<Buffer>]> {
  const parts: Buffer[] = [];
  let size = 0;
  while (size < enough) {
    const { value, done } = await source.next();
    if (done === true) break;
    parts.push(value);
    size += value.length;
  }
  const head = Buffer.concat(parts);
  const whole = async function* (): AsyncGenerator<Buffer> {
    if (head.length > 0) yield head;
    for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
  };
  return [head, whole()];
}
