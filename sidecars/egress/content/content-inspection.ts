import type { Permit } from "../policy/authorise.ts";
import type { Refusal } from "../policy/refusal.ts";
import { DecompressionRoom } from "./decompression-room.ts";
import type { Detectors, SecretValues } from "./detectors.ts";
import { DetectorBook } from "./detectors.ts";
import { refuseFinding } from "./finding.ts";
import { HeadScanner } from "./head-scanner.ts";
import type { ScanLimits } from "./scan-limits.ts";
import { defaultScanLimits } from "./scan-limits.ts";

/** The content scan of one egress: what it looks for now, and what it may cost (DLP-2). */
export class ContentInspection {
  readonly heads: HeadScanner;
  readonly limits: ScanLimits;
  readonly room: DecompressionRoom;
  readonly #book: DetectorBook;

  constructor(secrets: SecretValues, limits: Partial<ScanLimits> = {}) {
    this.#book = new DetectorBook(secrets);
    this.heads = new HeadScanner(this.#book);
    this.limits = { ...defaultScanLimits, ...limits };
    this.room = new DecompressionRoom(this.limits.decompressors);
  }

  get detectors(): Detectors {
    return this.#book.current;
  }

  /** Puts together what the next scan needs, in a moment when nobody waits for it. */
  prepareSoon(): void {
    setImmediate(() => this.#book.current);
  }

  /** Why a request's head must not leave, before anything was added to it. */
  refuseHead(permit: Permit): Refusal | null {
    const finding = this.heads.scan(permit);
    return finding === null ? null : refuseFinding(permit.live.route.host, finding);
  }
}
