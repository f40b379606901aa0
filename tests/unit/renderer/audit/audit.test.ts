import { expect, test } from "vitest";
import { changeWords } from "../../../../renderer/audit/change-words.ts";

test("SUP-7: a change is named by the hosts it adds and takes away", () => {
  expect(changeWords({ before: "routes:\n  - host: a.example\n", after: "routes:\n  - host: b.example\n" })).toBe(
    "− a.example, + b.example",
  );
  expect(changeWords({ before: null, after: null })).toBe("");
});
