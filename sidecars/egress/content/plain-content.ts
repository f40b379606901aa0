import type { BodyContent, BodyReport } from "./body-content.ts";
import { ContentScanner } from "./content-scanner.ts";
import type { Detectors } from "./detectors.ts";
import type { ScanLimits } from "./scan-limits.ts";

/** A body that is what it is. Long parts are read in turns, between which other connections are served. */
export class PlainContent implements BodyContent {
  readonly #scanner: ContentScanner;
  readonly #report: BodyReport;
  readonly #limits: ScanLimits;
  #turn: NodeJS.Immediate | null = null;
  #bytes = 0;
  #cpuMs = 0;
  #passing = false;

  constructor(detectors: Detectors, report: BodyReport, limits: ScanLimits) {
    this.#scanner = new ContentScanner(detectors, (rule, { secret }) => report.found(rule, secret));
    this.#report = report;
    this.#limits = limits;
  }

  get open(): boolean {
    return !this.#passing && this.#scanner.open;
  }

  read(bytes: Buffer, last: boolean, done: () => void): void {
    this.#bytes += bytes.length;
    if (this.#passing) return done();
    this.#readFrom(0, bytes, last, done);
  }

  stop(): void {
    if (this.#turn !== null) clearImmediate(this.#turn);
    this.#turn = null;
  }

  #readFrom(start: number, bytes: Buffer, last: boolean, done: () => void): void {
    this.#turn = null;
    const { sliceBytes, turnMs } = this.#limits;
    const begun = performance.now();
    let at = start;
    while (at < bytes.length) {
      this.#scanner.feed(bytes.subarray(at, at + sliceBytes));
      at += sliceBytes;
      const spent = performance.now() - begun;
      if (spent < turnMs || at >= bytes.length) continue;
      if (this.#overBudget(spent)) return this.#giveUp(done);
      this.#turn = setImmediate(() => this.#readFrom(at, bytes, last, done));
      return;
    }
    if (last) this.#scanner.end();
    done();
  }

  #giveUp(done: () => void): void {
    this.#passing = this.#report.unreadable("it is made so that reading it takes too long");
    if (this.#passing) done();
  }

  /** Only turns that were long count: what an ordinary body costs is nothing to them. */
  #overBudget(spent: number): boolean {
    this.#cpuMs += spent;
    const { bodyCpuMs, cpuMsPerMiB } = this.#limits;
    return this.#cpuMs > bodyCpuMs + (cpuMsPerMiB * this.#bytes) / 1024 ** 2;
  }
}
