import { describe, expect, test } from "vitest";
import { writeToml } from "../../../../../main/providers/codex/toml.ts";

describe("TOML as codex reads it", () => {
  test("values come before the tables below them, and tables that hold only tables have no header", () => {
    expect(writeToml({ off: false, tools: { count: 3 }, projects: { "/home/node": { trust_level: "trusted" } } })).toBe(
      'off = false\n\n[tools]\ncount = 3\n\n[projects."/home/node"]\ntrust_level = "trusted"\n',
    );
  });

  test.each([
    ["quotes and backslashes", 'say "hi" \\ bye', '"say \\"hi\\" \\\\ bye"'],
    ["line breaks", "one\r\ntwo", '"one\\r\\ntwo"'],
    [
      "what would end the string and begin a table",
      '"\n[projects."/"]\ntrust_level = "trusted',
      '"\\"\\n[projects.\\"/\\"]\\ntrust_level = \\"trusted"',
    ],
    ["three quotes", '"""', '"\\"\\"\\""'],
    ["control characters", "\0\x1b\x7f", '"\\u0000\\u001b\\u007f"'],
    ["a lone surrogate", "\ud800", '"\ufffd"'],
  ])("%s stay text", (_name, text, written) => {
    expect(writeToml({ key: text })).toBe(`key = ${written}\n`);
  });

  test("keys are quoted where they have to be", () => {
    expect(writeToml({ 'a"]\nb': { "c.d": true } })).toBe('\n["a\\"]\\nb"]\n"c.d" = true\n');
  });
});
