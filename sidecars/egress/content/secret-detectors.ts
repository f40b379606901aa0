import type { Detector, Match } from "./detector.ts";

/** The rule of a bottle's own secrets. No route can let it pass: an agent never has one, so whatever sends one has stolen it. */
export const OWN_SECRET = "injected-secret";

/** Shorter values, and single words that are not long, stand in ordinary text: with one of those as a secret, nothing could leave. */
const SHORTEST = 8;
const WORD = /^[a-z]{1,15}$/i;
// Enough to tell one value from all others, and short enough for one table.
const KEYWORD_LENGTH = 12;
const COMPARED = 1024;

/** Finds values that egress injects, as they are and in what programs commonly make of them. Holds them in memory like their owner. */
export function secretDetectors(values: Iterable<string>): Detector[] {
  return [...values].filter((value) => value.length >= SHORTEST && !WORD.test(value)).flatMap((value) => spellings(value).map(detect));
}

interface Spelling {
  readonly text: string;
  readonly anyCase: boolean;
}

function spellings(value: string): Spelling[] {
  const bytes = Buffer.from(value, "latin1");
  const inAnyCase = [bytes.toString("hex")].map((text) => ({ text, anyCase: true }));
  const exact = new Set([value, [...value].reverse().join(""), ...inBase64(bytes), ...inBase64(Buffer.from(value, "utf16le"))]);
  return [...inAnyCase, ...[...exact].map((text) => ({ text, anyCase: false }))];
}

/** In base64 a value looks different at each of three offsets; letters that others share with it are left out. */
function inBase64(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString("base64")
      .replaceAll("=", "");
    const shared = [0, 2, 3][offset] as number;
    const whole = (offset + bytes.length) % 3 === 0 ? text.slice(shared) : text.slice(shared, -1);
    return [whole, whole.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

function detect({ text, anyCase }: Spelling): Detector {
  const wanted = text.slice(0, COMPARED);
  return {
    rule: OWN_SECRET,
    keywords: [wanted.slice(0, KEYWORD_LENGTH).toLowerCase()],
    longest: wanted.length,
    atWord: false,
    find(content: string, at: number): Match | null {
      const there = content.slice(at, at + wanted.length);
      const same = anyCase ? there.toLowerCase() === wanted : there === wanted;
      return same ? { secret: there, start: at, end: at + wanted.length } : null;
    },
  };
}
