import type { TokenUsage } from "#common/domain/decision.ts";
import type { ResponseHead } from "../http1/response-head.ts";
import { UsageScanner } from "./usage-scanner.ts";

const LINE_FEED = 0x0a;
const DATA = "data:";

/** Counts the tokens of a model's answer while it passes; it never holds a byte back. */
export class UsageMeter {
  readonly #scanner = new UsageScanner();
  readonly #events: boolean;
  /** How many bytes of the current line were seen, as far as that matters, and whether it is one of data. */
  #lineLength = 0;
  #isData = true;

  /** Null for an answer that cannot tell of tokens. */
  static for(head: ResponseHead): UsageMeter | null {
    if (head.status < 200 || head.status > 299) return null;
    const type = head.fields.find(({ name }) => name === "content-type")?.value.toLowerCase() ?? "";
    if (type.startsWith("text/event-stream")) return new UsageMeter(true);
    return type.startsWith("application/json") ? new UsageMeter(false) : null;
  }

  constructor(events: boolean) {
    this.#events = events;
  }

  take(bytes: Buffer, from: number, to: number): void {
    if (!this.#events) return this.#scanner.take(bytes, from, to);
    for (let at = from; at < to; ) {
      const found = bytes.indexOf(LINE_FEED, at);
      const end = found === -1 || found >= to ? to : found;
      this.#takeLine(bytes, at, end);
      if (end < to) this.#lineLength = 0;
      at = end + 1;
    }
  }

  usage(): TokenUsage | null {
    return this.#scanner.fields.usage();
  }

  /** More of the current line. */
  #takeLine(bytes: Buffer, from: number, to: number): void {
    let at = from;
    if (this.#lineLength === 0) this.#isData = true;
    for (; at < to && this.#isData && this.#lineLength < DATA.length; at += 1) {
      this.#isData = bytes[at] === DATA.charCodeAt(this.#lineLength);
      this.#lineLength += 1;
      if (this.#isData && this.#lineLength === DATA.length) this.#scanner.restart();
    }
    if (this.#isData) this.#scanner.take(bytes, at, to);
    else this.#lineLength = DATA.length;
  }
}
