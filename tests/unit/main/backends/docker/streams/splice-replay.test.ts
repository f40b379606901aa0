import { describe, expect, it } from "vitest";
import { overlapLength } from "../../../../../../main/backends/docker/streams/splice-replay.ts";

describe("joining the kept log and the live stream (D4)", () => {
  it.each([
    ["", "", 0],
    ["abc", "", 0],
    ["", "abc", 0],
    ["abc", "xyz", 0],
    ["one two", "two three", 3],
    ["two", "two three", 3],
    ["one two three", "two", 0],
    ["one two", "two", 3],
    ["aaaa", "aaab", 3],
    ["abab", "ababc", 4],
    ["xabab", "abac", 2],
    ["aabaab", "aabaac", 3],
  ])("after the log %j a stream that begins %j repeats %i bytes", (log, live, expected) => {
    expect(overlapLength(Buffer.from(log), Buffer.from(live))).toBe(expected);
  });

  it("takes time in proportion to what it compares", () => {
    const bytes = Buffer.alloc(1024 * 1024, "a");
    expect(overlapLength(bytes, Buffer.concat([bytes, Buffer.from("b")]))).toBe(bytes.length);
  });
});
