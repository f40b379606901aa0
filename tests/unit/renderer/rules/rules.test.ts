import { describe, expect, test } from "vitest";
import { draftOfRule, newRule, ruleOf } from "../../../../renderer/rules/rule-draft.ts";
import { moved, replaced } from "../../../../renderer/rules/rule-order.ts";
import { ruleSentence } from "../../../../renderer/rules/rule-words.ts";
import { autoRules } from "../../../support/fake-bridge/sample-proposals.ts";

describe("SUP-4: rules that decide proposals", () => {
  test("each is a plain sentence", () => {
    expect(autoRules.map(ruleSentence)).toEqual([
      "Rejects everything from any bottle to paste.example.net or *.pastes.example.",
      "Approves GET and HEAD requests of bottle dev to registry.npmjs.org for 60 minutes, without a credential.",
    ]);
  });

  test("an untouched draft is the rule it came from", () => {
    for (const rule of autoRules) expect(ruleOf(draftOfRule(rule), [])).toEqual({ ok: true, rule });
  });

  test("a new one is off, and rejects", () => {
    expect(ruleOf({ ...newRule, name: "Nothing" }, [])).toMatchObject({ ok: true, rule: { enabled: false, verdict: "reject" } });
  });

  test("an approval must be narrow: one bottle, named hosts, named methods, a span", () => {
    const draft = { ...newRule, name: "Wide", verdict: "approve" as const, methods: "", count: "0" };
    expect(ruleOf(draft, [])).toEqual({
      ok: false,
      problems: {
        bottle: "An approval is for one bottle: name it.",
        hosts: "Hosts: must name at least one host.",
        methods: "Name at least one method.",
        count: "A whole number is needed.",
      },
    });
  });

  test("a host must be one, and a name is taken once", () => {
    const draft = { ...newRule, name: " Nothing ", hosts: "example.org\n*" };
    expect(ruleOf(draft, ["Nothing"])).toEqual({
      ok: false,
      problems: { name: "Another rule has this name.", hosts: expect.stringContaining("*.example.org") },
    });
  });

  test("moves within the order, and no further", () => {
    const [first, second] = autoRules;
    expect(moved(autoRules, 0, 1)).toEqual([second, first]);
    expect(moved(autoRules, 0, -1)).toEqual(autoRules);
    expect(moved(autoRules, 1, 1)).toEqual(autoRules);
    expect(replaced(autoRules, "No paste services", { ...first!, enabled: false })[0]?.enabled).toBe(false);
  });
});
