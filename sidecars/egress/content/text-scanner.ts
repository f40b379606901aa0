import type { Detector, Match } from "./detector.ts";
import type { Detectors } from "./detectors.ts";
import type { KeywordAutomaton } from "./keyword-automaton.ts";

/** Told of every match; the text goes on. */
export type MatchSink = (rule: string, match: Match) => void;

/** Kept of what was scanned: more than what patterns look back at, and more than a keyword. */
const LOOK_BEHIND = 128;
/** A beginning this long of a keyword counts: less is in every word. */
const BEGUN = 2;

interface Pending {
  readonly detector: Detector;
  /** In the text that is at hand. */
  at: number;
}

/** Looks for credentials in text that comes in parts. What a verdict still needs text for waits; nothing is asked twice. */
export class TextScanner {
  readonly #detectors: Detectors;
  readonly #report: MatchSink;
  #state = 0;
  /** What came before and is still needed, one character a byte. */
  #before = "";
  #pending: Pending[] = [];

  constructor(detectors: Detectors, report: MatchSink) {
    this.#detectors = detectors;
    this.#report = report;
  }

  /** Whether a credential may have begun in what was fed so far. */
  get open(): boolean {
    const { depths, width } = this.#detectors.automaton;
    return this.#pending.length > 0 || (depths[this.#state / width] as number) >= BEGUN;
  }

  feed(bytes: Buffer): void {
    const text = new Text(this.#before, bytes);
    if (this.#pending.length > 0) this.#settle(text, false);
    this.#search(text, bytes);
    this.#keep(text);
  }

  /** Nothing follows what was fed. */
  end(): void {
    if (this.#pending.length > 0) this.#settle(new Text(this.#before, NOTHING), true);
    this.#state = 0;
    this.#before = "";
    this.#pending = [];
  }

  #search(text: Text, bytes: Buffer): void {
    const { automaton } = this.#detectors;
    const cursor: Cursor = { at: 0, state: this.#state };
    while (toNextEnding(automaton, bytes, cursor)) {
      this.#askAll(automaton.endings.get(cursor.state) as readonly number[], text, cursor.at);
    }
    this.#state = cursor.state;
  }

  #askAll(keywords: readonly number[], text: Text, end: number): void {
    for (const index of keywords) {
      const { length, detectors } = this.#detectors.byKeyword[index] as Detectors["byKeyword"][number];
      const at = text.offset + end - length;
      const inWord = isWordCharacter(text.byteBefore(at));
      for (const detector of detectors) {
        if (detector.atWord && inWord) continue;
        if (at + detector.longest > text.length) this.#pending.push({ detector, at });
        else this.#ask(detector, text, at);
      }
    }
  }

  #ask(detector: Detector, text: Text, at: number): void {
    const match = findOrFail(detector, text.whole, at);
    if (match !== null) this.#report(detector.rule, match);
  }

  #settle(text: Text, final: boolean): void {
    const pending = this.#pending;
    this.#pending = [];
    for (const one of pending) {
      if (!final && one.at + one.detector.longest > text.length) this.#pending.push(one);
      else this.#ask(one.detector, text, one.at);
    }
  }

  #keep(text: Text): void {
    let from = Math.max(0, text.length - LOOK_BEHIND);
    for (const { at } of this.#pending) from = Math.min(from, Math.max(0, at - LOOK_BEHIND));
    this.#before = text.after(from);
    for (const one of this.#pending) one.at -= from;
  }
}

/** A detector that breaks on a text counts as one that found something: what cannot be judged does not leave, and egress goes on. */
function findOrFail(detector: Detector, text: string, at: number): Match | null {
  try {
    return detector.find(text, at);
  } catch {
    return { secret: "", start: at, end: at };
  }
}

interface Cursor {
  at: number;
  state: number;
}

/** Goes on behind the next byte in which a keyword ends. Calls nothing: that makes this loop, which sees every byte, three times as fast. */
function toNextEnding({ steps, classes, firstEnding }: KeywordAutomaton, bytes: Buffer, cursor: Cursor): boolean {
  let { state } = cursor;
  for (let { at } = cursor; at < bytes.length; at += 1) {
    state = steps[state + (classes[bytes[at] as number] as number)] as number;
    if (state < firstEnding) continue;
    cursor.at = at + 1;
    cursor.state = state;
    return true;
  }
  cursor.at = bytes.length;
  cursor.state = state;
  return false;
}

const NOTHING = Buffer.alloc(0);

/** A letter, a digit or `_`, as patterns see words. */
function isWordCharacter(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x5f;
}

/** What is at hand, made a string where somebody asks for it: most text holds no keyword. */
class Text {
  readonly offset: number;
  readonly length: number;
  readonly #before: string;
  readonly #bytes: Buffer;
  #whole: string | null = null;

  constructor(before: string, bytes: Buffer) {
    this.#before = before;
    this.#bytes = bytes;
    this.offset = before.length;
    this.length = before.length + bytes.length;
  }

  get whole(): string {
    this.#whole ??= this.#before + this.#bytes.toString("latin1");
    return this.#whole;
  }

  /** 0 at the beginning. */
  byteBefore(at: number): number {
    if (at > this.offset) return this.#bytes[at - this.offset - 1] as number;
    return at === 0 ? 0 : this.#before.charCodeAt(at - 1);
  }

  after(from: number): string {
    if (from < this.offset) return this.whole.slice(from);
    return this.#bytes.toString("latin1", from - this.offset);
  }
}
