import { link, mkdir, mkdtemp, open, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { contentCanary } from "./canary.ts";
import type { Match } from "./gitleaks-report.ts";
import type { Gitleaks } from "./gitleaks-run.ts";
import { readMatches, startGitleaks } from "./gitleaks-run.ts";
import { ScanError } from "./scan-limits.ts";
import type { ScanPlace } from "./scan-place.ts";

export interface ArchiveMatch {
  readonly place: ScanPlace;
  /** Path inside the archive, `!` before each archive inside it. */
  readonly inner: string;
  readonly match: Match;
}

const PREFIX = "archives-";
const CANARY = "canary.txt";

/** Removes what scans left behind that were killed in the middle. */
export async function sweepArchives(folder: string): Promise<void> {
  const left = (await readdir(folder)).filter((name) => name.startsWith(PREFIX));
  await Promise.all(left.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

/**
 * Archives of a push as files, since gitleaks opens none from a pipe: in a private folder for as long as they are looked at,
 * on the disk that holds the pushed objects anyway.
 */
export class ArchiveFolder implements AsyncDisposable {
  readonly #gitleaks: Gitleaks;
  readonly #config: string;
  readonly #signal: AbortSignal;
  readonly #places: ScanPlace[] = [];
  #folder: string | null = null;
  #bytes = 0;

  constructor(gitleaks: Gitleaks, config: string, signal: AbortSignal) {
    this.#gitleaks = gitleaks;
    this.#config = config;
    this.#signal = signal;
  }

  /** Keeps one archive until `scan`; its bytes are passed on. */
  async *keep(place: ScanPlace, endings: readonly string[], chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const base = join(await this.#files(), String(this.#places.length));
    this.#places.push(place);
    const [first = "", ...others] = endings.map((ending) => `${base}${ending}`);
    await using file = await open(first, "wx", 0o600);
    for await (const chunk of chunks) {
      this.#bytes += chunk.length;
      if (this.#bytes > this.#gitleaks.limits.maxArchiveBytes) throw new ScanError("the push holds more archives than one scan may open");
      await file.write(chunk);
      yield chunk;
    }
    for (const other of others) await link(first, other);
  }

  async scan(): Promise<readonly ArchiveMatch[]> {
    if (this.#folder === null) return [];
    const files = await this.#files();
    const canary = contentCanary();
    await writeFile(join(files, CANARY), `${canary.line}\n`, { mode: 0o600 });
    const child = startGitleaks(this.#gitleaks, this.#config, { mode: "dir", files, temporary: join(this.#folder, "open") }, this.#signal);
    child.stdin.end();
    const isCanary = (match: Match) => match.File === join(files, CANARY) && canary.line.includes(match.Match);
    const matches = await readMatches(child, isCanary, this.#gitleaks.limits);
    return matches.map((match) => this.#place(files, match));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#folder !== null) await rm(this.#folder, { recursive: true, force: true });
  }

  /** Where the archives lie; beside it what gitleaks unpacks on its way, which is not to be scanned a second time. */
  async #files(): Promise<string> {
    if (this.#folder === null) {
      this.#folder = await mkdtemp(join(this.#gitleaks.cwd, PREFIX));
      for (const name of ["files", "open"]) await mkdir(join(this.#folder, name), { mode: 0o700 });
    }
    return join(this.#folder, "files");
  }

  #place(files: string, match: Match): ArchiveMatch {
    const [, number, inner = ""] = /^(\d+)[^!]*(?:!(.*))?$/s.exec(match.File.slice(files.length + 1)) ?? [];
    const place = this.#places[Number(number ?? Number.NaN)];
    if (place === undefined) throw new ScanError("the scanner's report names a file that is not there");
    return { place, inner, match };
  }
}
