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
import { readNames } from "./push-names.ts";
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
/** Commits on lines that begin with that word, and `~` before each big blob. */
const CONTENTS = [
  ...["rev-list", "--stdin", "--objects", "--no-object-names", "--format="],
  ...[`--filter=blob:limit=${BIG_FILE}`, "--filter-print-omitted"],
];

const TOLD_COMMITS = 100;

/** Walks over what a push introduces and hands each new text on to the scanner. */
export class PushWalk {
  readonly commits: PushCommit[] = [];
  #commitCount = 0;
  #shownCommits = 0;
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
    const { ids, big } = await this.#list(tips);
    await this.#readCommits(ids);
    await readNames(this.#git, tips, this.#text);
    const shown = big ? PATCHES_IN_PARTS : [PATCHES];
    for (const part of shown) await this.#readPatches(part, tips);
    // A walk over nothing ends well too: that nothing is new must be told twice.
    if (!big && this.#shownCommits !== ids.length) throw new ScanError("git did not show everything that was pushed");
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

  async #list(tips: readonly ObjectId[]): Promise<{ readonly ids: readonly ObjectId[]; readonly big: boolean }> {
    const ids: ObjectId[] = [];
    let big = false;
    const lines = new LinePieces();
    await this.#git.read([...CONTENTS, ...KNOWN], tips, (chunk) => {
      big ||= chunk.includes("~");
      for (const { bytes } of lines.push(chunk)) {
        const line = bytes.toString("latin1");
        if (line.startsWith("commit ")) ids.push(line.slice("commit ".length));
      }
    });
    return { ids, big };
  }

  async #readCommits(ids: readonly ObjectId[]): Promise<void> {
    this.#commitCount = ids.length;
    for await (const [id, stored] of this.#objects.readEach(ids, "commit")) {
      if (this.commits.length < TOLD_COMMITS) this.commits.push(describeCommit(id, stored));
      for (const { place, lines } of readStoredText("commit", id, stored)) this.#text.addLines(place, lines);
      await this.#text.drained();
    }
  }

  async #readPatches(log: readonly string[], tips: readonly ObjectId[]): Promise<void> {
    const reader = new PatchReader();
    await this.#git.read([...log, ...KNOWN], tips, (chunk) => this.#takeAll(reader.push(chunk)));
    await this.#takeAll(reader.end());
  }

  async #takeAll(events: Iterable<PatchEvent>): Promise<void> {
    for (const event of events) {
      const work = this.#take(event);
      if (work !== null) await work;
    }
    await this.#text.drained();
  }

  #take(event: PatchEvent): Promise<void> | null {
    if (event.kind === "line") return event.sign === "+" ? this.#takeLine(event) : null;
    if (event.kind === "commit") this.#beginCommit(event.id);
    if (event.kind === "file") this.#takeFile(event.file);
    return event.kind === "unshown" ? this.#readWhole() : null;
  }

  #beginCommit(id: ObjectId): void {
    this.#commit = id;
    this.#shownCommits += 1;
    this.#open = null;
  }

  #takeLine({ line, piece }: Extract<PatchEvent, { kind: "line" }>): Promise<void> | null {
    if (this.#open === null) throw new ScanError("git's answer holds a line of no file");
    this.#open.add(line, piece);
    // Small compressed files can pass for text.
    const archive = line === 1 && piece.first && archiveEndings(piece.bytes, null).length > 0;
    return archive ? this.#readWhole() : null;
  }

  #takeFile(file: PatchFile): void {
    const place: ScanPlace = { commit: this.#commit, place: "file", path: file.path, before: false };
    if (file.change === "removed") {
      this.#open = { file, place, add: () => {} };
      return;
    }
    this.#open = { file, place, add: this.#text.openFile(place) };
  }

  /** The new content as a whole, and the old one beside it, so that what it held already is not held against the push. */
  async #readWhole(): Promise<void> {
    const open = this.#open;
    if (open === null) throw new ScanError("git's answer names content of no file");
    const { file, place } = open;
    // Another repository is named by its commit, which is not sent.
    if (file.newId === null || file.change === "removed" || file.mode === "160000") return;
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
