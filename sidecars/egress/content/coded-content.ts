import type { Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw, createZstdDecompress } from "node:zlib";
import type { Permit } from "../policy/authorise.ts";
import type { BodyContent, BodyReport } from "./body-content.ts";
import { ContentScanner } from "./content-scanner.ts";
import type { Detectors } from "./detectors.ts";
import type { ScanLimits } from "./scan-limits.ts";
import { TextScanner } from "./text-scanner.ts";

type Decompressor = Transform & { readonly bytesWritten: number };

/** By the names of content codings; deflate is written in two ways, which its first byte tells apart. */
const DECOMPRESSORS: Readonly<Record<string, (first: number, chunkSize: number) => Decompressor>> = {
  gzip: (_, chunkSize) => createGunzip({ chunkSize }),
  "x-gzip": (_, chunkSize) => createGunzip({ chunkSize }),
  deflate: (first, chunkSize) => ((first & 0x0f) === 8 ? createInflate({ chunkSize }) : createInflateRaw({ chunkSize })),
  br: (_, chunkSize) => createBrotliDecompress({ chunkSize }),
  zstd: (_, chunkSize) => createZstdDecompress({ chunkSize }),
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
  #decompressor: Decompressor | null = null;
  #bytesIn = 0;
  #bytesOut = 0;
  /** The operator lets it pass although it cannot be read. */
  #passing = false;
  #done: (() => void) | null = null;

  constructor(parts: { coding: string; detectors: Detectors; report: BodyReport; limits: ScanLimits }) {
    const { detectors, report } = parts;
    this.#coding = parts.coding;
    this.#report = report;
    this.#limits = parts.limits;
    this.#scanner = new ContentScanner(detectors, (rule, { secret }) => report.found(rule, secret));
    this.#outside = new TextScanner(detectors, (rule, { secret }) => report.found(rule, secret));
  }

  get open(): boolean {
    return this.#scanner.open || this.#outside.open;
  }

  read(bytes: Buffer, last: boolean, done: () => void): void {
    this.#outside.feed(bytes);
    this.#bytesIn += bytes.length;
    this.#done = done;
    if (this.#bytesIn > 0 && !this.#passing) this.#decompressor ??= this.#open(bytes[0] as number);
    if (this.#decompressor === null) return this.#settle(last);
    const decompressor = this.#decompressor;
    // Called back once all that these bytes decompress to was read.
    decompressor.write(bytes, (error) => {
      if (decompressor !== this.#decompressor || (error !== null && error !== undefined)) return;
      if (decompressor.bytesWritten < this.#bytesIn) return this.#fail("something follows its compressed content");
      if (!last) return this.#settle(false);
      decompressor.once("end", () => this.#settle(true));
      decompressor.end();
    });
  }

  stop(): void {
    this.#done = null;
    this.#close();
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
    this.#scanner.feed(bytes);
  }

  /** What was given to read was read. */
  #settle(last: boolean): void {
    if (last) {
      this.#scanner.end();
      this.#outside.end();
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
  }
}
