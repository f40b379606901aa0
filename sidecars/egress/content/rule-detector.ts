import type { Detector, Match } from "./detector.ts";
import type { ContentRule } from "./rules/content-rule.ts";
import { EXEMPT, STOPWORDS } from "./rules/gitleaks-rules.ts";

const exemptSecrets = EXEMPT.map((pattern) => new RegExp(pattern));

/** One of the maintained rules: its pattern, and gitleaks' conditions on what the pattern finds. */
export class RuleDetector implements Detector {
  readonly rule: string;
  readonly keywords: readonly string[];
  readonly longest: number;
  readonly #pattern: RegExp;
  readonly #entropy: number;
  readonly #exempt: readonly { readonly of: "secret" | "match" | "line"; readonly patterns: readonly RegExp[] }[];
  readonly #stopwords: readonly string[];

  constructor(rule: ContentRule) {
    this.rule = rule.id;
    this.keywords = rule.keywords;
    this.longest = rule.longest;
    // Sticky: a pattern that is tried at keywords only costs what one try costs, whatever the text.
    this.#pattern = new RegExp(rule.pattern, rule.ignoreCase ? "iy" : "y");
    this.#entropy = rule.entropy;
    this.#exempt = rule.exempt.map(({ of, patterns }) => ({ of, patterns: patterns.map((pattern) => new RegExp(pattern)) }));
    this.#stopwords = [...STOPWORDS, ...rule.stopwords].map((word) => word.toLowerCase());
  }

  find(text: string, at: number): Match | null {
    this.#pattern.lastIndex = at;
    const found = this.#pattern.exec(text);
    if (found === null) return null;
    const secret = found.find((group, index) => index > 0 && group !== undefined && group !== "") ?? found[0];
    if (this.#entropy > 0 && entropy(secret) <= this.#entropy) return null;
    if (this.#isExempt(secret, found, text) || isUnsignedToken(secret)) return null;
    const start = at + found[0].indexOf(secret);
    return { secret, start, end: start + secret.length };
  }

  #isExempt(secret: string, found: RegExpExecArray, text: string): boolean {
    if (exemptSecrets.some((pattern) => pattern.test(secret))) return true;
    const lower = secret.toLowerCase();
    if (this.#stopwords.some((word) => lower.includes(word))) return true;
    return this.#exempt.some(({ of, patterns }) => {
      const subject = of === "secret" ? secret : of === "match" ? found[0] : lineAround(text, found.index, found[0].length);
      return patterns.some((pattern) => pattern.test(subject));
    });
  }
}

/** Shannon's, in bits a character. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** A JSON Web Token that says of itself that nobody signed it proves nothing to anybody: placeholders are such. */
function isUnsignedToken(secret: string): boolean {
  if (!secret.startsWith("eyJ")) return false;
  const header = Buffer.from(secret.slice(0, secret.indexOf(".")), "base64url").toString("latin1");
  return /"alg"\s*:\s*"none"/i.test(header);
}

const LONGEST_LINE = 500;

function lineAround(text: string, start: number, length: number): string {
  const from = Math.max(text.lastIndexOf("\n", start) + 1, start - LONGEST_LINE);
  const end = text.indexOf("\n", start + length);
  return text.slice(from, Math.min(end === -1 ? text.length : end, start + length + LONGEST_LINE));
}
