import { describe, expect, test } from "vitest";
import { replacedPart } from "../../../../../renderer/manifests/source/text-change.ts";
import { indentAfter } from "../../../../../renderer/manifests/source/yaml-indent.ts";

describe("one replacement, as small as it can be", () => {
  test.each([
    ["abc", "abc", null],
    ["abc", "abXc", { from: 2, to: 2, insert: "X" }],
    ["aaa", "aa", { from: 2, to: 3, insert: "" }],
    ["", "x", { from: 0, to: 0, insert: "x" }],
    ["a\nb\nc\n", "a\nB\nc\n", { from: 2, to: 3, insert: "B" }],
  ])("%j becomes %j", (before, after, expected) => {
    expect(replacedPart(before, after)).toEqual(expected);
  });
});

describe("where the next line starts", () => {
  test.each([
    ["egress:", 2],
    ["  routes: # all", 4],
    ["    - host: a", 6],
    ["    - auth:", 8],
    ["  NAME: value", 2],
    ["  TEXT: |", 4],
    ["# a comment", 0],
    ["", 0],
  ])("after %j at column %i", (line, expected) => {
    expect(indentAfter(line)).toBe(expected);
  });
});
