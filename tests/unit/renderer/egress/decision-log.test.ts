import { describe, expect, test } from "vitest";
import { appendDecisions, countDecisions, filterDecisions } from "../../../../renderer/egress/decision-log.ts";
import { routeWords } from "../../../../renderer/egress/route-words.ts";
import { routes } from "../../../support/fake-bridge/sample-data.ts";
import { history } from "../../../support/fake-bridge/sample-decisions.ts";

const log = history(11);

describe("EGR-7: decisions as they arrive", () => {
  test("each number once, also when a batch is replayed, and the newest are kept", () => {
    expect(appendDecisions(log.slice(0, 5), log.slice(3, 8), 6).map((entry) => entry.seq)).toEqual([3, 4, 5, 6, 7, 8]);
  });

  test("counts grow per host, new hosts included", () => {
    const view = countDecisions({ table: { revision: 1, routes: [], grants: [] }, counts: [] }, log);
    const count = view.counts.find((each) => each.host === "gitea.example.org");
    expect(count).toMatchObject({ allowed: 1, refused: 2 });
    expect(view.counts.find((each) => each.host === "packages.example.org")?.refused).toBe(2);
  });

  test("the filter takes every word, newest first; failed requests show with the refused ones", () => {
    expect(filterDecisions(log, { text: "gitea get", verdict: "all" }).map((entry) => entry.seq)).toEqual([9, 3]);
    expect(filterDecisions(log, { text: "", verdict: "refused" }).map((entry) => entry.decision.verdict)).toContain("failed");
    expect(filterDecisions(log, { text: "", verdict: "allowed" }).every((entry) => entry.decision.verdict === "allowed")).toBe(true);
  });
});

test("a route in words says how far it reaches and where it came from", () => {
  expect(routes().map(routeWords)).toEqual([
    "anything · needed by claude",
    "/api/v1/repos/team/ · GET POST · from bottle dev.md",
    "any path · GET · approved in the inbox",
  ]);
});
