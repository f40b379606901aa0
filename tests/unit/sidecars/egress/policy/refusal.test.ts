import { describe, expect, test } from "vitest";
import { EgressRule } from "#common/domain/decision.ts";
import { refusalAnswer, refusalText, refuse } from "../../../../../sidecars/egress/policy/refusal.ts";

describe("EGR-4: a refusal tells the agent what helps", () => {
  test.each(["no-route", "method", "path", "route-revoked"] as const)("%s: ask for a route", (rule) => {
    expect(refusalText(refuse(rule, "why"))).toMatch(/: why\. Rule: [a-z-]+\. .*ask with the supervise tool egress-block\.\n$/);
  });

  test.each(["dlp", "pipelock", "address-refused"] as const)("%s: ask for less strictness", (rule) => {
    const text = refusalText(refuse(rule, "why"));
    expect(text).toContain("ask with the supervise tool pipelock-block");
    expect(text).not.toContain("egress-block");
  });

  test.each(["websocket", "budget", "credential-cut", "credential-missing", "upstream-certificate"] as const)(
    "%s: only the operator can help",
    (rule) => {
      const text = refusalText(refuse(rule, "why"));
      expect(text).toContain("operator");
      expect(text).not.toMatch(/egress-block|pipelock-block/);
    },
  );

  test.each(["port", "path-encoding", "host-mismatch", "sni-mismatch", "tls-required", "malformed-request"] as const)(
    "%s: nothing to ask for, the request must change",
    (rule) => {
      expect(refusalText(refuse(rule, "why"))).toContain("No proposal changes that");
    },
  );

  test("every rule has its sentence and a status that is none of success", () => {
    for (const rule of EgressRule.options) {
      const refusal = refuse(rule, "why");
      expect(refusal.status).toBeGreaterThanOrEqual(400);
      expect(refusalText(refusal)).toMatch(/^\d{3} bot-bottle: why\. Rule: [a-z-]+\. [A-Z].{10,}\.\n$/);
    }
  });

  test("a reason that the agent chose cannot end its field", () => {
    const answer = refusalAnswer(refuse("no-route", "no route for a\r\nX-Evil: 1"), { close: true, headOnly: true }).toString("latin1");
    expect(answer).toContain("X-Bot-Bottle-Rule: no-route; no route for a??X-Evil: 1\r\n");
  });
});
