// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of env values
import { describe, expect, test } from "vitest";
import { parseEnvValue } from "#common/manifest/env-value.ts";
import { parseSshUrl } from "#common/manifest/git-gate-schema.ts";
import { closest } from "#common/manifest/suggestion.ts";
import { validateAgent, validateBottle } from "#common/manifest/validate.ts";

describe("plain objects go through the same validator as files (MAN-9)", () => {
  test("valid ones", () => {
    expect(validateBottle({ egress: { routes: [{ host: "Example.org" }] } })).toEqual({
      ok: true,
      value: { egress: { routes: [{ host: "example.org" }] } },
    });
    expect(validateAgent({ bottle: "demo" })).toEqual({ ok: true, value: { bottle: "demo" } });
  });

  test("findings carry the path and name the place", () => {
    expect(validateBottle({ egress: { routes: [{ host: "example.org", methods: "GET" }] } })).toEqual({
      ok: false,
      findings: [{ path: ["egress", "routes", 0, "methods"], message: "egress.routes[0].methods must be a list, not text" }],
    });
  });

  test.each([null, undefined, 3, "text", []])("%j is no manifest", (value) => {
    expect(validateBottle(value).ok).toBe(false);
  });

  test("an own __proto__ key is refused wherever it is", () => {
    expect(validateBottle(JSON.parse('{"egress":{"routes":[{"host":"a.example","strip":{"__proto__":1}}]}}'))).toEqual({
      ok: false,
      findings: [{ path: ["egress", "routes", 0, "strip", "__proto__"], message: 'the key "__proto__" is not allowed' }],
    });
  });
});

test.each([
  ["value", { kind: "literal", value: "value" }],
  ["$HOME and $", { kind: "literal", value: "$HOME and $" }],
  ["?Your API key", { kind: "prompt", text: "Your API key" }],
  ["a-${B}-${C}", { kind: "template", parts: [{ text: "a-" }, { hostVar: "B" }, { text: "-" }, { hostVar: "C" }] }],
])("an env value %j (ENV-1)", (text, parsed) => {
  expect(parseEnvValue(text)).toEqual(parsed);
});

test.each([
  ["ssh://git@github.com/owner/repo.git", { user: "git", host: "github.com", port: 22, path: "owner/repo.git" }],
  ["ssh://git@[fd00::1]:2222/repo", { user: "git", host: "[fd00::1]", port: 2222, path: "repo" }],
  ["ssh://github.com/owner/repo.git", null],
  ["ssh://git@github.com", null],
  ["ssh://git@github.com:0/a", null],
  ["ssh://git:secret@github.com/a", null],
  ["ssh://-oProxyCommand=x@github.com/a", null],
  ["git@github.com:owner/repo.git", null],
  ["ssh://git@github.com/a b", null],
])("the repository %s (MAN-5)", (url, parts) => {
  expect(parseSshUrl(url)).toEqual(parts);
});

test.each([
  ["egres", "egress"],
  ["pathAllowlist", "path_allowlist"],
  ["git_gate", "git-gate"],
  ["hots", "host"],
  ["volumes", null],
  ["x", null],
])("%s was meant to be %s", (typed, meant) => {
  expect(closest(typed, ["env", "egress", "git-gate", "path_allowlist", "host"])).toBe(meant);
});
