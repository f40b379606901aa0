import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EXEMPT, RULES } from "../../../../../sidecars/egress/content/rules/gitleaks-rules.ts";
import { toJavaScript } from "../../../../../sidecars/egress/content/rules/go-pattern.ts";
import { longestMatch } from "../../../../../sidecars/egress/content/rules/longest-match.ts";
import { LEFT_OUT } from "../../../../../sidecars/egress/content/rules/rule-decisions.ts";
import { rulesIn } from "./scanning.ts";

describe("DLP-2: the maintained rules", () => {
  test("are all there, each with a keyword and an end", () => {
    expect(RULES.length).toBeGreaterThan(200);
    for (const { id, keywords, pattern, longest } of RULES) {
      expect(keywords.length, id).toBeGreaterThan(0);
      expect(longest, id).toBe(longestMatch(pattern));
      expect(longest, id).toBeLessThan(8192);
    }
    for (const pattern of EXEMPT) expect(() => new RegExp(pattern)).not.toThrow();
    expect(RULES.some(({ id }) => id in LEFT_OUT)).toBe(false);
  });

  // fast-check makes text of a pattern, but reads neither flags in groups nor what is looked for around it.
  const plainRules = RULES.filter(({ id, pattern, entropy }) => !/\(\?<?[=!]/.test(pattern) && entropy <= 3.5 && id !== "jwt").map(
    ({ id, pattern }) => ({
      id,
      plain: new RegExp(pattern.replaceAll(/\(\?-?[is]+:/g, "(?:").replaceAll("\\b", "")),
    }),
  );

  test.each(plainRules)("$id finds what its pattern describes", ({ id, plain }) => {
    // Made text may be too even for its entropy, or an exempt word: of some dozens most are neither.
    const texts = fc.sample(fc.stringMatching(plain), { numRuns: 40, seed: 42 });
    const found = texts.filter((text) => rulesIn(Buffer.from(` ${text} `, "latin1")).has(id));
    expect(found.length).toBeGreaterThan(0);
  });
});

describe("DLP-2: patterns of Go", () => {
  test.each([
    ["p8e-(?i)[a-z]{3}", "p8e-(?i:[a-z]{3})"],
    ["a(?i)b|c(?-i)d", "a(?i:b)|(?i:c)(?-i:d)"],
    ["(x(?i)y)z", "(x(?i:y))z"],
    ["(?P<name>a)\\z", "(?:a)$"],
    ["a+b*c{3,}", "a{1,1024}b{0,1024}c{3,1024}"],
    ["[\\w+*{2,}]+?", "[\\w+*{2,}]{1,1024}?"],
    ["(?-i:Ab)(?s:.)", "(?-i:Ab)(?s:.)"],
  ])("%s is %s", (pattern, told) => {
    expect(toJavaScript(pattern)).toBe(told);
  });

  test.each(["\\pL", "(a", "a)", "[]a]", "\\Qa\\E", "(?U)a"])("%s is refused, not guessed", (pattern) => {
    expect(() => toJavaScript(pattern)).toThrow();
  });

  test.each([
    ["abc", 3],
    ["a{2,5}b?", 6],
    ["(?:ab|c){3}", 6],
    ["\\b[a-z]{4}(?:$|\\\\[nr])", 6],
    ["(?<=x{3})y(?!z)", 1],
  ])("the longest match of %s has %i characters", (pattern, length) => {
    expect(longestMatch(pattern)).toBe(length);
  });
});
