import fc from "fast-check";
import { expect, test } from "vitest";
import type { KeywordAutomaton } from "../../../../../sidecars/egress/content/keyword-automaton.ts";
import { buildAutomaton } from "../../../../../sidecars/egress/content/keyword-automaton.ts";

function endingsIn({ steps, classes, firstEnding, endings }: KeywordAutomaton, text: string): string[] {
  const found: string[] = [];
  let state = 0;
  for (const [at, byte] of [...Buffer.from(text, "latin1")].entries()) {
    state = steps[state + (classes[byte] as number)] as number;
    if (state >= firstEnding) for (const index of endings.get(state) ?? []) found.push(`${index} ends at ${at}`);
  }
  return found.sort();
}

function endingsByLooking(keywords: readonly string[], text: string): string[] {
  const lower = text.toLowerCase();
  const found: string[] = [];
  for (const [index, keyword] of keywords.entries()) {
    for (let at = lower.indexOf(keyword); at !== -1; at = lower.indexOf(keyword, at + 1))
      found.push(`${index} ends at ${at + keyword.length - 1}`);
  }
  return found.sort();
}

test("one pass finds every keyword wherever it stands, in either case, within others and across them (DLP-2)", () => {
  const letters = fc.constantFrom("a", "b", "c", "-");
  const words = fc.uniqueArray(
    fc.array(letters, { minLength: 1, maxLength: 5 }).map((parts) => parts.join("")),
    { minLength: 1, maxLength: 12 },
  );
  const texts = fc.array(fc.constantFrom("a", "b", "c", "A", "B", "C", "-", "x"), { maxLength: 60 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(words, texts, (keywords, text) => {
      expect(endingsIn(buildAutomaton(keywords), text)).toEqual(endingsByLooking(keywords, text));
    }),
  );
});
