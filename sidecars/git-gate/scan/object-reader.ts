import type { ObjectId } from "#common/domain/git.ts";
import { ObjectId as ObjectIdSchema } from "#common/domain/git.ts";
import type { RunningChild } from "./child-process.ts";
import type { GitReader } from "./git-reader.ts";
import { ScanError } from "./scan-limits.ts";

export interface GitObject {
  readonly id: ObjectId;
  readonly type: "commit" | "tag" | "tree" | "blob";
  readonly size: number;
  /** Its bytes as they are stored; to be read to the end before the next object is asked for. */
  readonly chunks: AsyncIterable<Buffer>;
}

const HEADER = /^([0-9a-f]+) (commit|tag|tree|blob) (\d+)$/;

/** Reads objects by id through one `git cat-file`, one after the other, big ones as a stream. */
export class ObjectReader {
  readonly #child: RunningChild;
  readonly #output: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(git: GitReader) {
    this.#child = git.start("cat-file", "--batch");
    this.#output = (this.#child.stdout as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  }

  async open(id: ObjectId): Promise<GitObject> {
    this.#ask([id]);
    return await this.#answer(id);
  }

  /** Many whole commits or tags; asked for in batches, since on a busy machine each question and answer takes its time. */
  async *readEach(ids: readonly ObjectId[], type: GitObject["type"]): AsyncGenerator<readonly [ObjectId, Buffer]> {
    for (let at = 0; at < ids.length; at += BATCH) {
      const batch = ids.slice(at, at + BATCH);
      this.#ask(batch);
      for (const id of batch) {
        const object = await this.#answer(id);
        if (object.type !== type) throw new ScanError(`git named something as a ${type} that is none`);
        yield [id, await this.readWhole(object)];
      }
    }
  }

  #ask(ids: readonly ObjectId[]): void {
    if (!ids.every((id) => ObjectIdSchema.safeParse(id).success))
      throw new ScanError("git named an object in a way that is not understood");
    this.#child.stdin.write(ids.map((id) => `${id}\n`).join(""));
  }

  async #answer(id: ObjectId): Promise<GitObject> {
    const [, found, type, size] = HEADER.exec(await this.#line()) ?? [];
    if (found !== id) throw new ScanError("an object of the push is missing");
    return { id, type: type as GitObject["type"], size: Number(size), chunks: this.#content(Number(size)) };
  }

  /** A whole object, where it is one that people write: a commit or a tag. */
  async readWhole({ size, chunks }: GitObject): Promise<Buffer> {
    if (size > MAX_WHOLE) throw new ScanError("a commit or tag of the push is too big to be scanned");
    const parts: Buffer[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    return Buffer.concat(parts);
  }

  close(): void {
    this.#child.stdin.end();
  }

  async *#content(size: number): AsyncGenerator<Buffer> {
    let left = size;
    while (left > 0) {
      if (this.#rest.length === 0) await this.#more();
      const part = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(part.length);
      left -= part.length;
      yield part;
    }
    if ((await this.#line()) !== "") throw new ScanError("git's answer ends an object where it does not end");
  }

  async #line(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf(10);
      if (end !== -1) {
        const line = this.#rest.subarray(0, end).toString("latin1");
        this.#rest = this.#rest.subarray(end + 1);
        return line;
      }
      if (this.#rest.length > 1024) throw new ScanError("git's answer about an object is not understood");
      await this.#more();
    }
  }

  async #more(): Promise<void> {
    const { value, done } = await this.#output.next();
    if (done === true) throw new ScanError("git could not read what was pushed");
    this.#rest = this.#rest.length === 0 ? value : Buffer.concat([this.#rest, value]);
  }
}

const BATCH = 500;
const MAX_WHOLE = 16 * 1024 * 1024;
