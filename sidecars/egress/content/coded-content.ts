import type { Transform } from "node:stream";
import { constants, createBrotliDecompress, createGunzip, createInflate, createInflateRaw, createZstdDecompress } from "node:zlib";
import type { Permit } from "../policy/authorise.ts";
import type { BodyContent, BodyReport } from "./body-content.ts";
import { ContentScanner } from "./content-scanner.ts";
import type { DecompressionRoom } from "./decompression-room.ts";
import type { Detectors } from "./detectors.ts";
import type { ScanLimits } from "./scan-limits.ts";
import { TextScanner } from "./text-scanner.ts";

/** 8 MiB, which every decoder of the web must manage (RFC 9659); a body can ask for sixteen times that with its first bytes. */
const ZSTD_WINDOW_LOG = 23;

/** Several times what a piece of ordinary text costs. */
const ORDINARY_MS = 0.5;

type Decompressor = Transform & { readonly bytesWritten: number };

/** By the names of content codings; deflate is written in two ways, which its first byte tells apart. */
const DECOMPRESSORS: Readonly<Record<string, (first: number, chunkSize: number) => Decompressor>> = {
  gzip: (_, chunkSize) => createGunzip({ chunkSize }),
  "x-gzip": (_, chunkSize) => createGunzip({ chunkSize }),
  deflate: (first, chunkSize) => ((first & 0x0f) === 8 ? createInflate({ chunkSize }) : createInflateRaw({ chunkSize })),
  br: (_, chunkSize) => createBrotliDecompress({ chunkSize }),
  zstd: (_, chunkSize) => createZstdDecompress({ chunkSize, params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } }),
};

/** What leaves bytes as they are: aws-chunked only puts signatures between them. */
const NO_CODING = new Set(["", "identity", "aws-chunked"]);

type Coding = { readonly known: true; readonly name: string | null } | { readonly known: false };

/** The one coding of a body, null for none. More than one at once nobody sends who has nothing to hide. */
export function codingOf({ request }: Permit, fieldNames: readonly string[]): Coding {
  const values = request.fields.filter(({ name }) => fieldNames.includes(name)).map(({ value }) => value);
  const names = values.flatMap((value) => value.toLowerCase().split(",")).map((name) => name.trim());
  const codings = names.filter((name) => !NO_CODING.has(name));
  if (codings.length === 0) return { known: true, name: null };
  const [name] = codings as [string];
  return codings.length === 1 && Object.hasOwn(DECOMPRESSORS, name) ? { known: true, name } : { known: false };
}

/**
 * A compressed body. It is decompressed for the scan alone, beside this thread and bounded, and leaves as it came; what came is
 * scanned too, since decompressors pass over what programs can put between and behind.
 */
export class CodedContent implements BodyContent {
  readonly #coding: string;
  readonly #scanner: ContentScanner;
  readonly #outside: TextScanner;
  readonly #report: BodyReport;
  readonly #limits: ScanLimits;
  readonly #room: DecompressionRoom;
  #decompressor: Decompressor | null = null;
  #bytesIn = 0;
  #bytesOut = 0;
  #cpuMs = 0;
  /** The operator lets it pass although it cannot be read. */
  #passing = false;
  #stopped = false;
  #leaveRoom: (() => void) | null = null;
  #done: (() => void) | null = null;

  constructor(parts: { coding: string; detectors: Detectors; report: BodyReport; limits: ScanLimits; room: DecompressionRoom }) {
    const { detectors, report } = parts;
    this.#coding = parts.coding;
    this.#report = report;
    this.#limits = parts.limits;
    this.#room = parts.room;
    this.#scanner = new ContentScanner(detectors, (rule, { secret }) => report.found(rule, secret));
    this.#outside = new TextScanner(detectors, (rule, { secret }) => report.found(rule, secret));
  }

  get open(): boolean {
    return this.#scanner.open || this.#outside.open;
  }

  read(bytes: Buffer, last: boolean, done: () => void): void {
    this.#done = done;
    this.#outside.feed(bytes);
    this.#bytesIn += bytes.length;
    if (this.#stopped) return;
    if (this.#passing || this.#bytesIn === 0) return this.#settle(last);
    if (this.#leaveRoom === null) this.#leaveRoom = this.#room.enter(() => this.#decompress(bytes, last));
    else this.#decompress(bytes, last);
  }

  stop(): void {
    this.#stopped = true;
    this.#done = null;
    this.#close();
  }

  #decompress(bytes: Buffer, last: boolean): void {
    const decompressor = this.#decompressor ?? this.#open(bytes[0] as number);
    this.#decompressor = decompressor;
    // Called back once all that these bytes decompress to was read.
    decompressor.write(bytes, (error) => {
      if (decompressor !== this.#decompressor || (error !== null && error !== undefined)) return;
      if (decompressor.bytesWritten < this.#bytesIn) return this.#fail("something follows its compressed content");
      if (!last) return this.#settle(false);
      decompressor.once("end", () => this.#settle(true));
      decompressor.end();
    });
  }

  #open(first: number): Decompressor {
    const open = DECOMPRESSORS[this.#coding] as (typeof DECOMPRESSORS)[string];
    const decompressor = open(first, this.#limits.sliceBytes);
    decompressor.on("data", (bytes: Buffer) => this.#readContent(bytes));
    decompressor.on("error", () => this.#fail(`it is not whole or not ${this.#coding}`));
    return decompressor;
  }

  #readContent(bytes: Buffer): void {
    if (this.#decompressor === null) return;
    this.#bytesOut += bytes.length;
    const { expansion, expansionFromBytes, decompressedBytes } = this.#limits;
    const bomb = this.#bytesOut > expansionFromBytes && this.#bytesOut > expansion * this.#bytesIn;
    if (bomb || this.#bytesOut > decompressedBytes) return this.#fail("it unfolds to far more than was sent");
    const before = process.threadCpuUsage();
    this.#scanner.feed(bytes);
    const { user, system } = process.threadCpuUsage(before);
    if (this.#overBudget((user + system) / 1000)) this.#fail("it is made so that reading it takes too long");
  }

  /** What came counts, not what it unfolds to: a few bytes must not buy minutes. */
  #overBudget(spentMs: number): boolean {
    if (spentMs > ORDINARY_MS) this.#cpuMs += spentMs;
    const { bodyCpuMs, cpuMsPerMiB } = this.#limits;
    return this.#cpuMs > bodyCpuMs + (cpuMsPerMiB * this.#bytesIn) / 1024 ** 2;
  }

  /** What was given to read was read. */
  #settle(last: boolean): void {
    if (last) {
      this.#scanner.end();
      this.#outside.end();
      this.#close();
    }
    const done = this.#done;
    this.#done = null;
    done?.();
  }

  #fail(why: string): void {
    if (this.#decompressor === null) return;
    this.#close();
    this.#passing = this.#report.unreadable(why);
    if (this.#passing) this.#settle(false);
  }

  #close(): void {
    const decompressor = this.#decompressor;
    this.#decompressor = null;
    decompressor?.destroy();
    this.#leaveRoom?.();
  }
}
