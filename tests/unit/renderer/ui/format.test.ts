import { describe, expect, test } from "vitest";
import { formatAge, formatBytes, formatDuration, formatSpan, plural, shortPath } from "../../../../renderer/ui/format.ts";

describe("UI-2: figures as the panel shows them", () => {
  test.each([
    [0, "0 s"],
    [59_999, "59 s"],
    [60_000, "1 m"],
    [3_600_000, "1 h"],
    [86_400_000 * 3, "3 d"],
    [-5, "0 s"],
  ])("a span of %i ms is %s", (ms, text) => expect(formatSpan(ms)).toBe(text));

  test("an unknown time is a dash, not a guess", () => expect(formatAge(null, 0)).toBe("–"));

  test.each([
    [0, "0 B"],
    [999, "999 B"],
    [4100, "4.1 KB"],
    [38_000_000, "38 MB"],
  ])("%i bytes are %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  test("durations", () => {
    expect([0.4, 12.3, 1400].map(formatDuration)).toEqual(["<1 ms", "12 ms", "1.4 s"]);
  });

  test("one is singular", () => expect([plural(1, "request"), plural(2, "request")]).toEqual(["1 request", "2 requests"]));

  test("paths are shortened from the left and the home folder is a tilde", () => {
    expect(shortPath("/home/ada/src/api", "/home/ada")).toBe("~/src/api");
    expect(shortPath("/home/adam/src", "/home/ada")).toBe("/home/adam/src");
    expect(shortPath("/very/long/way/to/api", null)).toBe("…/to/api");
  });
});
