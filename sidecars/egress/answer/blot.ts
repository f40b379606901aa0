import type { EchoPatterns } from "./echo-patterns.ts";
import { GRAM, gramAt } from "./echo-patterns.ts";

const ASTERISK = 0x2a;

/** Overwrites every spelling in `bytes` by as many asterisks; whether there was one. */
export function blot(bytes: Buffer, patterns: EchoPatterns): boolean {
  const { grams, stride } = patterns;
  const last = bytes.length - GRAM;
  let found = false;
  for (let at = 0; at <= last; at += stride) {
    if (grams[gramAt(bytes, at)] === 1 && blotAround(bytes, at, patterns)) found = true;
  }
  return found;
}

/** The same for text of a head. */
export function blotText(text: string, patterns: EchoPatterns): string {
  const bytes = Buffer.from(text, "latin1");
  return blot(bytes, patterns) ? bytes.toString("latin1") : text;
}

/** Length of the longest end of `bytes` that begins a spelling without being all of it. */
export function begunLength(bytes: Buffer, { spellings, alphabet, longest, grams }: EchoPatterns): number {
  const end = bytes.length;
  if (end === 0 || alphabet[bytes[end - 1] as number] === 0) return 0;
  const known = end >= GRAM && grams[gramAt(bytes, end - GRAM)] === 1;
  for (let length = Math.min(known ? longest - 1 : GRAM - 1, end); length > 0; length -= 1) {
    for (const spelling of spellings) if (endsWithStart(bytes, spelling, length)) return length;
  }
  return 0;
}

function endsWithStart(bytes: Buffer, spelling: Buffer, length: number): boolean {
  const from = bytes.length - length;
  if (length >= spelling.length || bytes[from] !== spelling[0] || bytes[bytes.length - 1] !== spelling[length - 1]) return false;
  return bytes.compare(spelling, 0, length, from) === 0;
}

/** Spellings that cover the place `at`. */
function blotAround(bytes: Buffer, at: number, { spellings }: EchoPatterns): boolean {
  let found = false;
  for (const spelling of spellings) {
    const from = Math.max(0, at + GRAM - spelling.length);
    const window = bytes.subarray(from, at + spelling.length);
    for (let hit = window.indexOf(spelling); hit !== -1; hit = window.indexOf(spelling, hit + spelling.length)) {
      window.fill(ASTERISK, hit, hit + spelling.length);
      found = true;
    }
  }
  return found;
}
