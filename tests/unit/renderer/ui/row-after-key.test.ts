import { expect, it } from "vitest";
import { rowAfterKey } from "../../../../renderer/ui/row-after-key.ts";

it.each([
  ["ArrowDown", -1, 0],
  ["ArrowDown", 9, 9],
  ["ArrowUp", 0, 0],
  ["PageDown", 2, 6],
  ["PageUp", 2, 0],
  ["Home", 5, 0],
  ["End", 5, 9],
  ["x", 5, null],
])("%s from row %i of ten leads to %j (UI-3)", (key, at, to) => {
  expect(rowAfterKey(key, at, 10, 4)).toBe(to);
});

it("leads nowhere in an empty list", () => {
  expect(rowAfterKey("End", -1, 0, 4)).toBeNull();
});
