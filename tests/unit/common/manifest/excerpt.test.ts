// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of env values
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { coverCredentials } from "#common/manifest/cover-credentials.ts";
import { excerpt } from "#common/manifest/excerpt.ts";
import { parseAgentManifest, parseBottleManifest } from "#common/manifest/parse-manifest.ts";
import type { Checked } from "#common/manifest/problem.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const shown = (checked: Checked<unknown>) => (checked.ok ? [] : checked.problems.map((problem) => problem.excerpt));

describe("an error shows its line and points at what is meant", () => {
  test.each([
    ["a key", "---\nenv:\n  A-B: x\n---\n", "  A-B: x\n  ^^^"],
    ["a list item", "---\nagent_provider: {}\negress:\n  routes: [a, b]\n---\n", "  routes: [a, b]\n           ^"],
    ["a place in the YAML", "---\nenv: [\n---\n", "env: [\n      ^"],
    ["a tab", "---\nenv:\n\tA: x\n---\n", "⇥A: •\n^"],
    ["wide characters before it", "---\nenv: { 東京: 1 }\n---\n", "env: { 東京: 1 }\n       ^^^^"],
    ["combining characters before it", "---\nenv: { e\u0301: x }\n---\n", "env: { e\u0301: x }\n       ^"],
    ["no frontmatter", "# Title\n", "# Title\n^"],
    ["a byte that is no text", "---\n---\nab\u0000c", "ab\\u{0}c\n  ^^^^^"],
    ["an empty file", "", "\n^"],
  ])("%s", (_case, text, expected) => {
    expect(shown(parseBottleManifest(bytes(text)))[0]).toBe(expected);
  });

  test("what is not UTF-8", () => {
    expect(shown(parseAgentManifest(Uint8Array.of(...bytes("---\nbottle: caf"), 0xe9, 0x0a)))).toEqual(["bottle: caf\ufffd\n           ^"]);
  });

  test("a long line is cut around the place", () => {
    const [found = ""] = shown(parseBottleManifest(bytes(`---\nenv: { A: ${"x ".repeat(5000)}, B-C: 1, D: ${"y ".repeat(5000)} }\n---\n`)));
    const [line = "", caret = ""] = found.split("\n");
    expect(line.length).toBeLessThan(200);
    expect(line.startsWith("…") && line.endsWith("…")).toBe(true);
    expect(line.slice(caret.indexOf("^"), caret.length)).toBe("B-C");
  });

  test("no line of a file acts on a terminal", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.nat(20), fc.nat(20), (text, column, length) => {
        const [line = "", caret = ""] = excerpt(text.replaceAll("\n", " "), {
          line: 1,
          column: column + 1,
          endColumn: column + length + 1,
        }).split("\n");
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(caret).toMatch(/^ *\^+$/);
      }),
    );
  });
});

describe("a token put in the wrong place does not travel in an excerpt", () => {
  test.each([
    ["  auth_token: hunter2", "  auth_token: •••••••"],
    ["  auth_token: GITHUB_TOKEN # its name", "  auth_token: GITHUB_TOKEN # its name"],
    ["token: 'hunter2 hunter2'", "token: •••••••••••••••••"],
    ["auth: { scheme: Bearer, token_ref: hunter2 }", "auth: { scheme: Bearer, token_ref: •••••••••"],
    ["url: ssh://git:hunter2@example.org/r", "url: ssh://git:•••••••@example.org/r"],
    ["  - host: sk-ant-api03-abcdef", "  - host: •••••••••••••••••••"],
    ["description: ghp_0123456789abcdef", "description: ••••••••••••••••••••"],
    ["env: { A: secret, B: ?ask, C: ${C}, D: 1 }", "env: { A: ••••••, B: ?ask, C: ${C}, D: 1 }"],
    ["  PASSWORD: hunter2", "  PASSWORD: •••••••"],
    ["x: 4f3c2a1b0e9d8c7b6a5f4e3d2c1b0a99", "x: ••••••••••••••••••••••••••••••••"],
    ["  - host: api.github.com", "  - host: api.github.com"],
    ["      path_allowlist: [/repos/my-org/project-1/issues]", "      path_allowlist: [/repos/my-org/project-1/issues]"],
    ["      strip: { query_keys: [key] }", "      strip: { query_keys: [key] }"],
    ["bottle: claude", "bottle: claude"],
  ])("%s", (line, covered) => {
    expect(coverCredentials(line)).toBe(covered);
    expect(covered).toHaveLength(line.length);
  });

  test("looking for them takes no time that grows faster than the line", () => {
    for (const part of ["a", "A: ", "token: ", "://", "a1-", "{ A: b, "]) coverCredentials(part.repeat(100_000).slice(0, 800));
    const started = performance.now();
    for (const part of ["a", "A: ", "token: ", "://", "a1-", "{ A: b, "])
      excerpt(part.repeat(40_000), { line: 1, column: 60_000, endColumn: 60_001 });
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
