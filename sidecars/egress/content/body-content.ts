/** How what a body holds is read for the scan. */
export interface BodyContent {
  /** Whether a credential may have begun in what was read so far. */
  readonly open: boolean;
  /** Reads the next part and then calls `done`, at once or later. `last`: nothing follows. Not called again before. */
  read(bytes: Buffer, last: boolean, done: () => void): void;
  /** The exchange is over. */
  stop(): void;
}

/** Told while content is read. */
export interface BodyReport {
  found(rule: string, secret: string): void;
  /** True where the operator lets it pass unread; else nothing is read any more. */
  unreadable(why: string): boolean;
}

/** What nobody here can read. */
export class UnknownContent implements BodyContent {
  readonly open = false;
  readonly #report: BodyReport;

  constructor(report: BodyReport) {
    this.#report = report;
  }

  read(_bytes: Buffer, _last: boolean, done: () => void): void {
    if (this.#report.unreadable("its content coding is not known")) done();
  }

  stop(): void {}
}
