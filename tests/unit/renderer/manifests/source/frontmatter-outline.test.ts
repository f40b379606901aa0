import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cursorSpot } from "../../../../../renderer/manifests/source/cursor-spot.ts";
import { lineOf, outlineOf } from "../../../../../renderer/manifests/source/frontmatter-outline.ts";

const BOTTLE = `---
extends: base
env:
  # who
  NAME: "a: b"
egress:
  routes:
  - host: a.example.org
    path_allowlist: [/x/]
  - host: b.example.org
    auth:
      scheme: token
"git-gate":
  repos: { api: { url: x } }
---
not: a key
`;

function shown(source: string): string[] {
  return outlineOf(source).map(({ path, line, column }) => `${path.join(".")} ${line}:${column}`);
}

describe("MAN-10: where the keys of a frontmatter are", () => {
  test("maps, lists as far left as their key, comments, quoted keys; nothing of the body", () => {
    expect(shown(BOTTLE)).toEqual([
      "extends 2:1",
      "env 3:1",
      "env.NAME 5:3",
      "egress 6:1",
      "egress.routes 7:3",
      "egress.routes.0 8:3",
      "egress.routes.0.host 8:5",
      "egress.routes.0.path_allowlist 9:5",
      "egress.routes.1 10:3",
      "egress.routes.1.host 10:5",
      "egress.routes.1.auth 11:5",
      "egress.routes.1.auth.scheme 12:7",
      "git-gate 13:1",
      "git-gate.repos 14:3",
    ]);
  });

  test("a block of text is no map, and what follows it is one again", () => {
    expect(shown("---\nenv:\n  TEXT: |\n    a: b\n\n    - c\n  NEXT: d\n---\n")).toEqual(["env 2:1", "env.TEXT 3:3", "env.NEXT 7:3"]);
  });

  test("half a line and no end are no reason to know nothing", () => {
    expect(shown("---\negress:\n  routes:\n    - host: a\n      met")).toEqual([
      "egress 2:1",
      "egress.routes 3:3",
      "egress.routes.0 4:5",
      "egress.routes.0.host 4:7",
    ]);
  });

  test.each(["", "---", "no frontmatter", "\u0000\u202e: x\n---", "---\n- - - a\n-\n---"])("%j is read without failing", (text) => {
    expect(() => outlineOf(text)).not.toThrow();
  });

  test("hostile text is read in no time and without failing", () => {
    const line = `a${" ".repeat(100_000)}b`;
    const start = performance.now();
    outlineOf(`---\n${line}\n"${line}\n- ${line}\n${"- ".repeat(5000)}x\n---\n`);
    cursorSpot(`---\nkey: [${"[".repeat(5000)}${line}`, 60_000);
    expect(performance.now() - start).toBeLessThan(5000);
    const texts = fc.string({
      unit: fc.constantFrom("a", ":", " ", "-", "\n", "#", '"', "'", "[", "]", "{", "}", ",", "|", "\t", "\u202e"),
      maxLength: 120,
    });
    fc.assert(
      fc.property(texts, fc.nat(130), (text, offset) => {
        const source = `---\n${text}\n---\n`;
        outlineOf(source);
        const spot = cursorSpot(source, Math.min(offset, source.length));
        if (spot) expect(source.slice(spot.from).startsWith(spot.word)).toBe(true);
      }),
    );
  });

  test("lines may end as they do on Windows", () => {
    expect(outlineOf(BOTTLE.replaceAll("\n", "\r\n"))).toEqual(outlineOf(BOTTLE));
  });

  test("a path leads to its line, one that is not written to its nearest parent's", () => {
    const outline = outlineOf(BOTTLE);
    expect(lineOf(outline, ["egress", "routes", "1", "auth", "scheme"])).toBe(12);
    expect(lineOf(outline, ["git-gate", "repos", "api", "url"])).toBe(14);
    expect(lineOf(outline, ["supervise"])).toBe(1);
  });
});
