import { describe, expect, test } from "vitest";
import { countedScope, scopeOf, scopeSentence } from "../../../../renderer/proposals/scopes.ts";
import { outcomeWords, requestWords, scopeWords } from "../../../../renderer/proposals/words.ts";
import { askForContent, askForImage, askForRoute } from "../../../support/fake-bridge/sample-proposals.ts";

describe("SUP-5: how long an approval holds", () => {
  test.each(["", "0", "-1", "1.5", "1e3", "many", "10081", " "])("%j is no number of minutes", (typed) => {
    expect(countedScope("minutes", typed)).toBeNull();
  });

  test("a week of minutes and ten thousand requests are the most", () => {
    expect(countedScope("minutes", "10080")).toEqual({ kind: "minutes", minutes: 10_080 });
    expect(countedScope("requests", " 10000 ")).toEqual({ kind: "requests", requests: 10_000 });
    expect(countedScope("requests", "10001")).toBeNull();
  });

  test("is said in a sentence", () => {
    expect(scopeSentence({ kind: "for-good" })).toBe("Holds for good: also after the bottle is resumed.");
    expect(scopeSentence(scopeOf("minutes"))).toBe("Ends by itself 15 minutes after the approval.");
    expect(scopeSentence({ kind: "requests", requests: 1 })).toBe("Ends by itself after one request.");
    expect(scopeWords({ kind: "minutes", minutes: 1 })).toBe("for 1 minute");
  });
});

describe("SUP-4: a request in a line", () => {
  test("of every kind", () => {
    expect(requestWords(askForRoute("demo-aaaaa.1", {}, {}).request)).toBe("packages.example.org · GET · any path · no credential");
    expect(requestWords(askForContent("demo-aaaaa.1", { allowFindings: ["jwt"], tlsPassthrough: true }, {}).request)).toBe(
      "gitea.example.org · lets pass jwt · content left to egress alone",
    );
    expect(requestWords(askForImage("demo-aaaaa.1", "FROM a\nRUN b\n", {}).request)).toBe("a Dockerfile of 2 lines");
  });

  test("an approval by a rule is told as one", () => {
    const { request } = askForRoute("demo-aaaaa.1", {}, {});
    const decision = {
      verdict: "approved" as const,
      decidedAt: "2026-01-01T00:00:00.000Z",
      by: "ada",
      note: "",
      seenRevision: 1,
      appliedRevision: 2,
      applied: request,
      scope: scopeOf("bottle"),
      rule: "Reads",
    };
    expect(outcomeWords(askForRoute("demo-aaaaa.1", {}, { status: "approved", decision }))).toBe("approved by a rule");
  });
});
