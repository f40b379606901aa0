/**
 * What an agent prints is hostile (TRM-4). The filter lets only well-formed control sequences through, cut so that every
 * piece ends between sequences, and takes out of what clients see everything a terminal would act on or answer:
 * clipboard (OSC 52), titles, palette, notifications, printing, window operations, and every query.
 *
 * Queries are answered once, by the host's own screen: clients never see them, so neither a window nor an operator's own
 * terminal behind `attach` can answer a second time into the agent's input.
 */
export interface FilteredOutput {
  /** For the host's screen: with the queries it answers. */
  readonly screen: string;
  /** For clients. */
  readonly safe: string;
}

/** A longer string sequence is swallowed whole; the longest legitimate one is a hyperlink. */
const MAX_STRING_CHARS = 8192;
const MAX_CSI_CHARS = 256;
const ESC = 0x1b;

/** C1 controls start sequences in one character, so they would slip past a scan for ESC; ENQ asks for an answer-back. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the subject.
const FORBIDDEN = /[\u0005\u0080-\u009f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the subject.
const ALL_FORBIDDEN = /[\u0005\u0080-\u009f]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the subject.
const STRING_END = /[\u0007\u0018\u001a\u001b]/g;

type Verdict = "pass" | "screen-only" | "drop";

interface Sequence {
  /** Index after the sequence. */
  readonly end: number;
  readonly verdict: Verdict;
}

/** The sequence goes on in text that is still to come. */
const INCOMPLETE = "incomplete";
/** A string sequence over its limit: skip until it ends. */
const OVERLONG = "overlong";

export class OutputFilter {
  #carry = "";
  #swallowing = false;

  push(text: string): FilteredOutput {
    let input = FORBIDDEN.test(text) ? text.replace(ALL_FORBIDDEN, "") : text;
    if (this.#swallowing) input = this.#skipString(input);
    if (this.#carry !== "") {
      input = this.#carry + input;
      this.#carry = "";
    }
    return input.includes("\x1b") ? this.#filter(input) : { screen: input, safe: input };
  }

  #skipString(input: string): string {
    const end = indexOfStringEnd(input, 0);
    if (end === -1) return "";
    this.#swallowing = false;
    return input.slice(input.charCodeAt(end) === ESC ? end : end + 1);
  }

  #filter(input: string): FilteredOutput {
    const screen = new Kept(input);
    const safe = new Kept(input);
    let start = input.indexOf("\x1b");
    while (start !== -1) {
      const sequence = readSequence(input, start);
      if (sequence === INCOMPLETE || sequence === OVERLONG) {
        if (sequence === INCOMPLETE) this.#carry = input.slice(start);
        else this.#swallowing = true;
        return { screen: screen.upTo(start), safe: safe.upTo(start) };
      }
      if (sequence.verdict !== "pass") safe.skip(start, sequence.end);
      if (sequence.verdict === "drop") screen.skip(start, sequence.end);
      start = input.indexOf("\x1b", sequence.end);
    }
    return { screen: screen.upTo(input.length), safe: safe.upTo(input.length) };
  }
}

/** Builds what is left of a text without copying it where nothing is taken out. */
class Kept {
  readonly #input: string;
  #text = "";
  #from = 0;

  constructor(input: string) {
    this.#input = input;
  }

  skip(start: number, end: number): void {
    this.#text += this.#input.slice(this.#from, start);
    this.#from = end;
  }

  upTo(end: number): string {
    return this.#text + this.#input.slice(this.#from, end);
  }
}

function readSequence(input: string, start: number): Sequence | typeof INCOMPLETE | typeof OVERLONG {
  if (start + 1 >= input.length) return INCOMPLETE;
  switch (input[start + 1]) {
    case "[":
      return readCsi(input, start);
    case "]":
    case "P":
    case "X":
    case "^":
    case "_":
      return readString(input, start);
    default:
      return readEscape(input, start);
  }
}

function readCsi(input: string, start: number): Sequence | typeof INCOMPLETE {
  for (let index = start + 2; index < input.length; index++) {
    const code = input.charCodeAt(index);
    if (code >= 0x40 && code <= 0x7e) return { end: index + 1, verdict: judgeCsi(input, start + 2, index) };
    // Terminals disagree about anything else inside a sequence: what is malformed goes nowhere.
    if (code < 0x20 || code > 0x3f) return { end: code === ESC ? index : index + 1, verdict: "drop" };
    if (index - start > MAX_CSI_CHARS) return { end: index + 1, verdict: "drop" };
  }
  return INCOMPLETE;
}

/** `from` is the first character after `ESC [`, `final` the index of the final one. */
function judgeCsi(input: string, from: number, final: number): Verdict {
  switch (input[final]) {
    case "c": // device attributes
    case "n": // status and cursor position
    case "x": // terminal parameters
      return "screen-only";
    case "t": // window operations and title reports
    case "i": // printing
    case "y": // checksum of the screen
    case "w": // locator and presentation reports
      return "drop";
    case "p": // mode requests are `$p`; `!p` is a soft reset
      return input[final - 1] === "$" ? "screen-only" : "pass";
    case "q": // `>q` asks for the version
      return input[from] === ">" ? "screen-only" : "pass";
    case "u": // `?u` asks for the keyboard protocol
    case "S": // `?S` asks for graphics limits
      return input[from] === "?" ? "screen-only" : "pass";
    default:
      return "pass";
  }
}

function readString(input: string, start: number): Sequence | typeof INCOMPLETE | typeof OVERLONG {
  const isOsc = input[start + 1] === "]";
  let index = indexOfStringEnd(input, start + 2);
  // A bell ends only an OSC.
  while (!isOsc && index !== -1 && input[index] === "\x07") index = indexOfStringEnd(input, index + 1);
  if (index === -1) return input.length - start > MAX_STRING_CHARS ? OVERLONG : INCOMPLETE;
  if (index - start > MAX_STRING_CHARS) return { end: input.charCodeAt(index) === ESC ? index : index + 1, verdict: "drop" };
  if (input[index] === "\x07") return { end: index + 1, verdict: judgeString(input, start, index) };
  if (input.charCodeAt(index) !== ESC) return { end: index + 1, verdict: "drop" };
  if (index + 1 >= input.length) return INCOMPLETE;
  if (input[index + 1] !== "\\") return { end: index, verdict: "drop" };
  return { end: index + 2, verdict: judgeString(input, start, index) };
}

function judgeString(input: string, start: number, end: number): Verdict {
  const body = input.slice(start + 2, end);
  if (input[start + 1] === "P") return body.startsWith("$q") ? "screen-only" : "drop";
  if (input[start + 1] !== "]") return "drop";
  // Hyperlinks to the web, which open on an explicit click only, and shell prompt marks.
  if (/^8;[^;]*;(?:https?:\/\/.*)?$/s.test(body) || body.startsWith("133;")) return "pass";
  if (/^1[012];\?$/.test(body)) return "screen-only";
  return "drop";
}

function readEscape(input: string, start: number): Sequence | typeof INCOMPLETE {
  let index = start + 1;
  while (index < input.length && isIntermediate(input.charCodeAt(index)) && index - start < 4) index++;
  if (index >= input.length) return INCOMPLETE;
  const code = input.charCodeAt(index);
  if (code < 0x30 || code > 0x7e) return { end: index, verdict: "drop" };
  if (index === start + 1 && input[index] === "Z") return { end: index + 1, verdict: "screen-only" };
  return { end: index + 1, verdict: input[index] === "\\" ? "drop" : "pass" };
}

function isIntermediate(code: number): boolean {
  return code >= 0x20 && code <= 0x2f;
}

function indexOfStringEnd(input: string, from: number): number {
  STRING_END.lastIndex = from;
  return STRING_END.exec(input)?.index ?? -1;
}
