import { expect, test } from "vitest";
import { changeWords } from "../../../../renderer/audit/change-words.ts";
import { filterAudit } from "../../../../renderer/audit/filter-audit.ts";
import { auditLog } from "../../../support/fake-bridge/sample-data.ts";

test("SUP-7: a change is named by the hosts it adds and takes away", () => {
  expect(changeWords({ before: "routes:\n  - host: a.example\n", after: "routes:\n  - host: b.example\n" })).toBe(
    "− a.example, + b.example",
  );
  expect(changeWords({ before: null, after: null })).toBe("");
});

test("SUP-7: the log is searched in every field, newest first", () => {
  expect(filterAudit(auditLog, "docs.python").map((entry) => entry.action)).toEqual(["route-approved"]);
  expect(filterAudit(auditLog, "").map((entry) => entry.time)).toEqual(
    auditLog
      .map((entry) => entry.time)
      .toSorted()
      .toReversed(),
  );
});
