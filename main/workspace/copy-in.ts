import { realpath } from "node:fs/promises";
import type { WorkspaceItem, WorkspaceSource } from "../backends/backend.ts";
import { formatBytes, formatCount } from "./amounts.ts";
import { inOrder } from "./in-order.ts";
import type { ReadItem } from "./read-item.ts";
import { readItem } from "./read-item.ts";
import type { RecordPlace } from "./record.ts";
import { RecordWriter } from "./record.ts";
import type { FoundEntry } from "./walk.ts";
import { walkFolder } from "./walk.ts";

export interface CopyOptions extends RecordPlace {
  /** Where what was copied is remembered. */
  readonly recordFile: string;
  readonly now: () => number;
  /** Told now and then how far it is, and once at the end. */
  tell(text: string): void;
}

/** Small files read ahead at once; with the size up to which they are, at most 4 MiB wait. */
const WIDTH = 16;
const TELL_EVERY_MS = 250;

/** The operator's folder on its way into a bottle; remembers what it gave, while it gives it. */
export function workspaceCopy(options: CopyOptions): WorkspaceSource {
  return { items: (signal) => copyItems(options, signal) };
}

async function* copyItems(options: CopyOptions, signal: AbortSignal): AsyncGenerator<WorkspaceItem> {
  const walk = walkFolder(options.hostPath);
  const tally = new Tally(options);
  // The folder itself, not the way to it: a link on that way may lead elsewhere by the time its changes come back.
  const place = { hostPath: await realpath(options.hostPath), guestPath: options.guestPath };
  await using record = new RecordWriter(options.recordFile, place);
  const read = (found: FoundEntry) => readItem(options.hostPath, found).then((item) => ({ found, item }));
  for await (const { found, item } of inOrder(walk.entries(signal), WIDTH, read)) {
    signal.throwIfAborted();
    if (item === null) tally.skip(found);
    else {
      yield tally.watched(item);
      await record.add(item.recorded());
    }
  }
  await record.addRules("bottleignore", walk.bottleIgnore);
  await record.addRules("gitignore", walk.gitIgnore);
  await record.keep();
  tally.finish();
}

/** How far the copy is, in words. */
class Tally {
  readonly #options: CopyOptions;
  #files = 0;
  #bytes = 0;
  #special = 0;
  #toldAt: number;

  constructor(options: CopyOptions) {
    this.#options = options;
    this.#toldAt = options.now();
  }

  /** Sockets, pipes and devices mean nothing in another file system. */
  skip(found: FoundEntry): void {
    if (found.kind === "other") this.#special += 1;
  }

  watched({ item }: ReadItem): WorkspaceItem {
    if (item.kind !== "file") return item;
    this.#files += 1;
    if (Array.isArray(item.content)) {
      this.#count(item.size);
      return item;
    }
    return { ...item, content: this.#counted(item.content) };
  }

  async *#counted(content: AsyncIterable<Buffer> | readonly Buffer[]): AsyncGenerator<Buffer> {
    for await (const chunk of content) {
      this.#count(chunk.length);
      yield chunk;
    }
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    const now = this.#options.now();
    if (now - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = now;
    this.#tell("");
  }

  finish(): void {
    const what = this.#special === 1 ? "socket, pipe or device" : "sockets, pipes and devices";
    this.#tell(this.#special === 0 ? "" : `; ${formatCount(this.#special)} ${what} left out`);
  }

  #tell(more: string): void {
    this.#options.tell(`${formatCount(this.#files)} ${this.#files === 1 ? "file" : "files"}, ${formatBytes(this.#bytes)}${more}`);
  }
}
