import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EscapeReader } from "../../../../../sidecars/egress/content/escapes.ts";
import { PercentReader } from "../../../../../sidecars/egress/content/percent-codes.ts";
import { sampleOf } from "./samples.ts";
import { rulesIn } from "./scanning.ts";

interface Parts {
  readonly text: string;
  readonly cuts: readonly number[];
}

const tricky = fc.array(fc.constantFrom("\\", "\\\\", '\\"', "\\n", "\\u0041", "\\u00", "\\x4", "\\u", "%41", "%4", "%", "a", '"', "1"), {
  maxLength: 40,
});
const cutText = fc.record({ text: tricky.map((pieces) => pieces.join("")), cuts: fc.array(fc.nat(120), { maxLength: 6 }) });

function inParts({ text, cuts }: Parts): Buffer[] {
  const ends = [...cuts].filter((cut) => cut < text.length).sort((a, b) => a - b);
  return [...ends, text.length].map((end, index) => Buffer.from(text.slice(ends[index - 1] ?? 0, end)));
}

const read = (reader: { read(bytes: Buffer): Buffer }, parts: readonly Buffer[]) =>
  Buffer.concat(parts.map((part) => reader.read(part))).toString("latin1");

describe("DLP-2: what hides a credential is taken out of a text", () => {
  test.each([
    ['say \\"hello\\"', 'say "hello"'],
    ['in \\\\\\"strings\\\\\\" of strings', 'in "strings" of strings'],
    ["line\\nand\\ttab", "line\nand\ttab"],
    ["\\u0041\\x42\\u00e9", "ABé"],
    ["C:\\\\dir\\k and \\d+", "C:\\dir\\k and \\d+"],
    ["\\u00zz is none", "u00zz is none"],
    ["\\u20ac is one letter", "\u00ff is one letter"],
  ])("escapes: %s", (text, plain) => {
    expect(read(new EscapeReader(), [Buffer.from(text)])).toBe(plain);
  });

  test.each([
    ["%41%42c", "ABc"],
    ["100% of %zz", "100% of %zz"],
    ["%2541", "%41"],
  ])("percent codes: %s", (text, plain) => {
    expect(read(new PercentReader(), [Buffer.from(text)])).toBe(plain);
  });

  test("the same however it is cut", () => {
    fc.assert(
      fc.property(cutText, (parts) => {
        for (const Reader of [EscapeReader, PercentReader]) {
          expect(read(new Reader(), inParts(parts))).toBe(read(new Reader(), [Buffer.from(parts.text)]));
        }
      }),
    );
  });

  test("and findings are the same however a text is cut", () => {
    const { text } = sampleOf("github-pat");
    const around = fc.constantFrom(
      text,
      Buffer.from(`a ${text} b`).toString("base64"),
      Buffer.from(text).toString("hex"),
      encodeURIComponent(`"${text}`),
    );
    fc.assert(
      fc.property(tricky, around, tricky, fc.integer({ min: 1, max: 80 }), (before, token, after, size) => {
        const content = `${before.join("")} ${token} ${after.join("")}`;
        expect(rulesIn(content, size)).toEqual(rulesIn(content));
      }),
    );
  });
});
