import type { FileHandle } from "node:fs/promises";
import { mkdir, mkdtemp, open, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { OperatorError } from "#common/domain/operator-error.ts";
import { readBottleArchive } from "./bottle-archive.ts";
import type { ComparedPath } from "./describe-change.ts";
import type { EntryState } from "./entry-state.ts";
import { sameState } from "./entry-state.ts";

/** Contents that were reviewed, fetched from the bottle once more and found to be the same. */
export interface Arrived extends AsyncDisposable {
  /** Where the content of a chosen file lies now. */
  contentOf(change: ComparedPath): string;
}

/**
 * Fetches what was chosen into a folder of the bottle's state, before anything on the host is touched. Only what is exactly
 * as it was reviewed passes; what else the agent does meanwhile does not matter.
 */
export async function fetchChosen(
  folder: string,
  name: string,
  tar: Readable,
  chosen: readonly ComparedPath[],
  signal: AbortSignal,
): Promise<Arrived> {
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
  const place = await mkdtemp(`${folder}-`);
  const arrived: Arrived = {
    contentOf: ({ contentOf }) => join(place, numbers.get(contentOf)?.toString() ?? ""),
    [Symbol.asyncDispose]: () => rm(place, { recursive: true, force: true }),
  };
  const numbers = new Map<string, number>();
  for (const { contentOf, bottle } of chosen) if (bottle?.kind === "file") numbers.set(contentOf, numbers.size);
  try {
    const seen = await storeContents(place, name, tar, numbers, new Set(chosen.map(({ path }) => path)), signal);
    requireUnmoved(chosen, seen);
    return arrived;
  } catch (error) {
    await arrived[Symbol.asyncDispose]();
    throw error;
  }
}

type Seen = ReadonlyMap<string, { readonly state: EntryState; readonly contentOf: string; readonly refused: string | null }>;

async function storeContents(
  place: string,
  folder: string,
  tar: Readable,
  numbers: ReadonlyMap<string, number>,
  chosen: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Seen> {
  const seen = new Map<string, { state: EntryState; contentOf: string; refused: string | null }>();
  await using store = new ContentStore(place, numbers);
  const onContent = (path: string, chunk: Buffer) => store.write(path, chunk);
  for await (const entry of readBottleArchive(tar, { folder, headBytes: () => 0, onContent }, signal)) {
    if (entry.linkOf === null) await store.close(entry.path);
    const { path, state, refused, linkOf } = entry;
    if (chosen.has(path)) seen.set(path, { state, refused: seen.has(path) ? "named twice" : refused, contentOf: linkOf ?? path });
  }
  return seen;
}

/** Writes contents one after the other, as they come; also those that are empty. */
class ContentStore implements AsyncDisposable {
  readonly #place: string;
  readonly #numbers: ReadonlyMap<string, number>;
  #open: { readonly path: string; readonly file: FileHandle } | null = null;

  constructor(place: string, numbers: ReadonlyMap<string, number>) {
    this.#place = place;
    this.#numbers = numbers;
  }

  async write(path: string, chunk: Buffer): Promise<void> {
    if (!this.#numbers.has(path)) return;
    await this.#ensure(path);
    await this.#open?.file.writeFile(chunk);
  }

  async close(path: string): Promise<void> {
    if (this.#numbers.has(path)) await this.#ensure(path);
    await this.#open?.file.close();
    this.#open = null;
  }

  async #ensure(path: string): Promise<void> {
    if (this.#open?.path === path) return;
    const file = await open(join(this.#place, String(this.#numbers.get(path))), "w", 0o600);
    this.#open = { path, file };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open?.file.close();
  }
}

function requireUnmoved(chosen: readonly ComparedPath[], seen: Seen): void {
  const moved = chosen.filter(({ path, bottle, contentOf }) => {
    const now = seen.get(path);
    if (now === undefined) return bottle !== null;
    return now.refused !== null || now.contentOf !== contentOf || !sameState(now.state, bottle);
  });
  if (moved.length > 0) throw movedSince("in the bottle", moved);
}

export function movedSince(where: string, moved: readonly ComparedPath[]): OperatorError {
  const [first] = moved;
  const more = moved.length > 1 ? ` and ${moved.length - 1} more` : "";
  return new OperatorError("stale-revision", {
    message: `${first?.path}${more} changed ${where} since you looked; nothing was brought back`,
    hint: "Compare again, and read what changed.",
  });
}
