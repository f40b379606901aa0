import fc from "fast-check";
import { expect, test } from "vitest";
import type { Json } from "#common/domain/canonical-json.ts";
import { canonicalJson } from "#common/domain/canonical-json.ts";

test("is JSON of the same value, whatever the order of the keys", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value as Json);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(JSON.parse(text))).toBe(text);
    }),
  );
  expect(canonicalJson({ b: 1, a: [{ d: null, c: "é" }] })).toBe('{"a":[{"c":"é","d":null}],"b":1}');
});

test("what is no JSON number has no text", () => {
  expect(() => canonicalJson(Number.NaN)).toThrow(TypeError);
});
