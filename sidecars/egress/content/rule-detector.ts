import type { Detector, Match } from "./detector.ts";
import type { ContentRule } from "./rules/content-rule.ts";
import { EXEMPT, STOPWORDS } from "./rules/gitleaks-rules.ts";

const exemptSecrets = EXEMPT.map((pattern) => new RegExp(pattern));

/** The patterns of one rule. */
interface Compiled {
  readonly pattern: RegExp;
  readonly exempt: readonly { readonly of: "secret" | "match" | "line"; readonly patterns: readonly RegExp[] }[];
}

/** One of the maintained rules: its pattern, and gitleaks' conditions on what the pattern finds. */
export class RuleDetector implements Detector {
  readonly rule: string;
  readonly keywords: readonly string[];
  readonly longest: number;
  readonly atWord: boolean;
  readonly #source: ContentRule;
  /** Put together when first asked for: most rules never are, and an egress starts before all of them would be ready. */
  #compiled: Compiled | null = null;

  constructor(rule: ContentRule) {
    this.rule = rule.id;
    this.keywords = rule.keywords;
    this.longest = rule.longest;
    this.atWord = rule.pattern.startsWith("\\b");
    this.#source = rule;
  }

  find(text: string, at: number): Match | null {
    this.#compiled ??= compile(this.#source);
    const { pattern, exempt } = this.#compiled;
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found === null) return null;
    const secret = found.find((group, index) => index > 0 && group !== undefined && group !== "") ?? found[0];
    const { entropy: least } = this.#source;
    if (least > 0 && entropy(secret) <= least) return null;
    if (this.#isExempt(exempt, secret, found, text) || isUnsignedToken(secret)) return null;
    const start = at + found[0].indexOf(secret);
    return { secret, start, end: start + secret.length };
  }

  #isExempt(exempt: Compiled["exempt"], secret: string, found: RegExpExecArray, text: string): boolean {
    if (exemptSecrets.some((pattern) => pattern.test(secret))) return true;
    const lower = secret.toLowerCase();
    if ([...STOPWORDS, ...this.#source.stopwords].some((word) => lower.includes(word.toLowerCase()))) return true;
    return exempt.some(({ of, patterns }) => {
      const subject = of === "secret" ? secret : of === "match" ? found[0] : lineAround(text, found.index, found[0].length);
      return patterns.some((pattern) => pattern.test(subject));
    });
  }
}

function compile(rule: ContentRule): Compiled {
  return {
    // Sticky: a pattern that is tried at keywords only costs what one try costs, whatever the text.
    pattern: new RegExp(rule.pattern, rule.ignoreCase ? "iy" : "y"),
    exempt: rule.exempt.map(({ of, patterns }) => ({ of, patterns: patterns.map((pattern) => new RegExp(pattern)) })),
  };
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
