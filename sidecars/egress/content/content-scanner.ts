import type { Detectors } from "./detectors.ts";
import { BASE64_LETTERS, EncodedRuns, LETTERS_AND_DIGITS } from "./encoded-runs.ts";
import { EscapeReader } from "./escapes.ts";
import { holdsCode, PercentReader } from "./percent-codes.ts";
import type { MatchSink } from "./text-scanner.ts";
import { TextScanner } from "./text-scanner.ts";
import { holdsWide, narrowed, TELLING_BYTES } from "./wide-text.ts";

const PERCENT = 0x25;
/** Text without codes is not looked at twice, be there single ones here and there. */
const DECODED_AT_ONCE = 1024;
/** After the last percent code. */
const DECODED_ON = 1024;
/** Before the first. */
const RECENT = 128;
const NOTHING = Buffer.alloc(0);

/**
 * Looks for credentials in content of any kind that comes in parts: as it is, with escapes taken out, with percent codes taken out too where
 * there are any, with one byte a letter where there are more, and in each what stands there in base64 or hexadecimal. What the sender
 * calls the content counts for nothing.
 */
export class ContentScanner {
  readonly #escapes = new EscapeReader();
  /** What stands there letter by letter, where taking escapes out changes that: `\npm_…` may be a folder and a token. */
  readonly #asItIs: TextScanner;
  #escaped = false;
  readonly #plain: View;
  readonly #narrow: View;
  /** The content holds text with more than one byte a letter. */
  #wide = false;
  /** The end of what came before that was known: its first letters may be of a credential. */
  #beforeWide: Buffer = NOTHING;
  readonly #percents = new PercentReader();
  readonly #decoded: View;
  /** Bytes since a percent code: a credential may go on from there. */
  #sinceCode = Number.POSITIVE_INFINITY;
  /** The end of what came while nothing was coded, where a credential may have begun. */
  #recent: Buffer = NOTHING;

  constructor(detectors: Detectors, report: MatchSink) {
    this.#asItIs = new TextScanner(detectors, report);
    this.#plain = new View(detectors, report);
    this.#decoded = new View(detectors, report);
    this.#narrow = new View(detectors, report);
  }

  /** Whether a credential may have begun in what was fed so far. */
  get open(): boolean {
    return (
      this.#escapes.open ||
      this.#asItIs.open ||
      this.#plain.open ||
      this.#narrow.open ||
      (this.#decoding && (this.#percents.open || this.#decoded.open))
    );
  }

  feed(bytes: Buffer): void {
    const text = this.#escapes.read(bytes);
    if (text !== bytes) this.#escaped = true;
    if (this.#escaped) this.#asItIs.feed(bytes);
    this.#plain.feed(text);
    this.#feedNarrow(text);
    if (!this.#decoding && !text.includes(PERCENT)) this.#remember(text);
    else for (let at = 0; at < text.length; at += DECODED_AT_ONCE) this.#feedDecoded(text.subarray(at, at + DECODED_AT_ONCE));
  }

  /** Nothing follows what was fed; what comes next is other content. */
  end(): void {
    this.#escapes.end();
    this.#asItIs.end();
    this.#escaped = false;
    this.#recent = NOTHING;
    this.#plain.end();
    this.#narrow.end();
    this.#wide = false;
    this.#beforeWide = NOTHING;
    if (this.#decoding) this.#endDecoding();
  }

  #feedNarrow(text: Buffer): void {
    if (this.#wide) return this.#narrow.feed(narrowed(text));
    const all = this.#beforeWide.length === 0 ? text : Buffer.concat([this.#beforeWide, text]);
    this.#wide = holdsWide(all);
    this.#beforeWide = this.#wide ? NOTHING : Buffer.from(all.subarray(-TELLING_BYTES));
    if (this.#wide) this.#narrow.feed(narrowed(all));
  }

  #feedDecoded(text: Buffer): void {
    if (holdsCode(text)) this.#beginDecoding();
    if (!this.#decoding) return this.#remember(text);
    this.#decoded.feed(this.#percents.read(text));
    this.#sinceCode += text.length;
    if (this.#sinceCode > DECODED_ON && !this.#decoded.open) this.#endDecoding();
  }

  #beginDecoding(): void {
    this.#sinceCode = 0;
    if (this.#recent.length > 0) this.#decoded.feed(this.#recent);
    this.#recent = NOTHING;
  }

  #remember(text: Buffer): void {
    const all = text.length >= RECENT ? text : Buffer.concat([this.#recent, text]);
    this.#recent = all.subarray(-RECENT);
  }

  get #decoding(): boolean {
    return this.#sinceCode < Number.POSITIVE_INFINITY;
  }

  #endDecoding(): void {
    this.#sinceCode = Number.POSITIVE_INFINITY;
    this.#percents.end();
    this.#decoded.end();
  }
}

class View {
  readonly #text: TextScanner;
  readonly #runs: EncodedRuns;
  /** `/files/Z2hw…` is one run of letters of base64, and what is in base64 there begins behind the last slash. */
  readonly #behindSigns: EncodedRuns;

  constructor(detectors: Detectors, report: MatchSink) {
    this.#text = new TextScanner(detectors, report);
    this.#runs = new EncodedRuns(detectors, report, BASE64_LETTERS);
    this.#behindSigns = new EncodedRuns(detectors, report, LETTERS_AND_DIGITS);
  }

  get open(): boolean {
    return this.#text.open || this.#runs.open || this.#behindSigns.open;
  }

  feed(bytes: Buffer): void {
    this.#text.feed(bytes);
    this.#runs.feed(bytes);
    this.#behindSigns.feed(bytes);
  }

  end(): void {
    this.#text.end();
    this.#runs.end();
    this.#behindSigns.end();
  }
}
