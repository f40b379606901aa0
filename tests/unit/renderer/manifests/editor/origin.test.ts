import { describe, expect, test } from "vitest";
import type { EffectiveValue, PlacedProblem } from "#common/ipc/manifest-methods.ts";
import { effectiveGroups, originOf, originWords, pathWords, unsetWords } from "../../../../../renderer/manifests/editor/origin.ts";
import { problemAtPath, problemsByPath } from "../../../../../renderer/manifests/editor/placed-problems.ts";

const HERE = "/home/ada/.bot-bottle/bottles/dev.md";
const BASE = "/home/ada/.bot-bottle/bottles/base.md";

const values: EffectiveValue[] = [
  { path: ["agent_provider", "template"], value: "claude", from: { kind: "default" } },
  { path: ["supervise"], value: "true", from: { kind: "file", file: BASE, line: 3 } },
  { path: ["egress", "routes", "0", "host"], value: "api.anthropic.com", from: { kind: "provider", provider: "claude" } },
  { path: ["egress", "routes", "1", "host"], value: "a.example.org", from: { kind: "file", file: HERE, line: 9 } },
];

describe("MAN-7: where a value comes from", () => {
  test("is told apart and in words", () => {
    expect(values.map(({ from }) => `${originOf(from, HERE)}: ${originWords(from, HERE)}`)).toEqual([
      "default: default",
      "inherited: from base, line 3",
      "provider: provider claude",
      "own: here, line 9",
    ]);
  });

  test("values stand under what they belong to", () => {
    expect(effectiveGroups(values).map(({ title, values: inside }) => [title, inside.map(({ path }) => pathWords(path))])).toEqual([
      ["Provider", ["template"]],
      ["Supervise", ["supervise"]],
      ["Egress", ["routes[0].host", "routes[1].host"]],
    ]);
  });

  test("what is not set here is told with its origin; what is set here is not", () => {
    expect(unsetWords(values, ["supervise"], HERE)).toBe("true · from base, line 3");
    expect(unsetWords(values, ["egress", "routes", "1", "host"], HERE)).toBeNull();
    expect(unsetWords(values, ["extends"], HERE)).toBeNull();
  });
});

describe("MAN-9: which field a problem belongs to", () => {
  const source = "---\negress:\n  routes:\n    - host: 1.2.3.4\n      methods: [get]\nsupervise: yes\n---\n";
  const problem = (line: number, column: number, severity: PlacedProblem["severity"] = "error"): PlacedProblem => ({
    file: HERE,
    line,
    column,
    endColumn: column + 1,
    message: `at ${line}`,
    excerpt: "",
    severity,
  });

  test("the key it starts at, or the last one before it on the line", () => {
    const found = problemsByPath([problem(4, 7), problem(5, 17), problem(6, 1), problem(1, 1)], source);
    expect(found.map(({ path }) => path.join("."))).toEqual(["egress.routes.0.host", "egress.routes.0.methods", "supervise", ""]);
  });

  test("a field shows its own, a closed route what is wrong anywhere in it, and errors before warnings", () => {
    const found = problemsByPath([problem(5, 7, "warning"), problem(4, 7)], source);
    expect(problemAtPath(found, ["egress", "routes", "0"])).toBeNull();
    expect(problemAtPath(found, ["egress", "routes", "0"], true)?.line).toBe(4);
    expect(problemAtPath(found, ["egress", "routes", "0", "methods"])?.severity).toBe("warning");
    expect(problemAtPath(found, ["egress", "routes", "1"], true)).toBeNull();
  });
});
