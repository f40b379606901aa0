import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BottleFrontmatter } from "#common/manifest/bottle-schema.ts";
import { effectiveValues } from "#common/manifest/effective-values.ts";
import { resolveBottles } from "#common/manifest/inherit.ts";
import { parseAgentManifest, parseBottleManifest } from "#common/manifest/parse-manifest.ts";

/** A bottle file, whose lines are counted from the opening fence. */
function bottle(file: string, yaml: string) {
  const parsed = parseBottleManifest(new TextEncoder().encode(`---\n${yaml}\n---\n`));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return { file, manifest: parsed.value };
}

function shown(...childFirst: ReturnType<typeof bottle>[]): string[] {
  const values = effectiveValues({ lineage: childFirst, agent: null, providerRoutes: [] });
  return values.map(
    ({ path, value, from }) => `${path.join(".")} = ${value} (${from.kind === "file" ? `${from.file}:${from.line}` : from.kind})`,
  );
}

const DEFAULTS = ["agent_provider.template = claude (default)", "supervise = false (default)"];

describe("where each value comes from (MAN-7)", () => {
  test.each([
    [
      "of a chain, the nearest that says it",
      ["env: { A: 1st }", "env: { A: 2nd, B: 2nd }", "env: { B: 3rd, C: 3rd }"],
      ["env.B = 2nd (1:2)", "env.C = 3rd (2:2)", "env.A = 1st (0:2)"],
    ],
    [
      "a map that clears",
      ["git-gate: { repos: {} }", "git-gate:\n  repos:\n    r: { url: 'ssh://git@a.example/r', identity: K }"],
      ["git-gate.repos = none (0:2)"],
    ],
    [
      "one that clears, and a grandchild that adds",
      [
        "git-gate:\n  repos:\n    s: { url: 'ssh://git@b.example/s', identity: K }",
        "git-gate: { repos: {} }",
        "git-gate:\n  repos:\n    r: { url: 'ssh://git@a.example/r', identity: K }",
      ],
      ["git-gate.repos.s.url = ssh://git@b.example/s (0:4)", "git-gate.repos.s.identity = K (0:4)"],
    ],
    ["an egress that takes every route away", ["egress: {}", "egress: { routes: [{ host: a.example }] }"], ["egress = none (0:2)"]],
    ["no routes", ["egress:\n  routes: []"], ["egress.routes = none (0:3)"]],
    [
      "a budget without the parent's routes",
      ["egress:\n  budget: { usd_per_day: 1 }", "egress: { routes: [{ host: a.example }] }"],
      ["egress.budget.usd_per_day = 1 (0:3)"],
    ],
    [
      "an identity of two files",
      ["git-gate: { user: { name: N } }", "git-gate: { user: { name: M, email: e@x } }"],
      ["git-gate.user.name = N (0:2)", "git-gate.user.email = e@x (1:2)"],
    ],
  ])("%s", (_case, yamls, expected) => {
    const values = shown(...yamls.map((yaml, index) => bottle(String(index), yaml)));
    expect(values.filter((value) => !DEFAULTS.includes(value)).sort()).toEqual(expected.toSorted());
  });

  test("the provider and supervise of a parent are no defaults", () => {
    expect(shown(bottle("0", "env: {}"), bottle("1", "supervise: true\nagent_provider: { template: shell }"))).toEqual([
      "agent_provider.template = shell (1:3)",
      "env = none (0:2)",
      "supervise = true (1:2)",
    ]);
  });

  test("an agent's identity over its bottle's (MAN-8)", () => {
    const parsed = parseAgentManifest(new TextEncoder().encode('---\nbottle: b\ngit-gate:\n  user: { name: "", email: own@x }\n---\n'));
    if (!parsed.ok) throw new Error("was refused");
    const lineage = [bottle("0", "git-gate: { user: { name: N, email: e@x } }")];
    const values = effectiveValues({ lineage, agent: { file: "agent", manifest: parsed.value }, providerRoutes: [] });
    expect(
      values.filter(({ path }) => path[1] === "user").map(({ path, value, from }) => [path[2], value, from.kind === "file" && from.file]),
    ).toEqual([
      ["email", "own@x", "agent"],
      ["name", "N", "0"],
    ]);
  });
});

test("what is shown is what counts", () => {
  const name = fc.constantFrom("A", "B", "C");
  const repo = fc.record({ url: fc.constantFrom("ssh://git@a.example/r", "ssh://git@b.example/r"), identity: fc.constantFrom("K", "L") });
  const user = fc.constantFrom({ name: "N" }, { email: "e@x" }, { name: "M", email: "f@x" }, { name: "", email: "g@x" });
  const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
  const frontmatter = fc.record(
    {
      env: fc.dictionary(name, fc.constantFrom("x", "y")),
      "git-gate": fc.record({ user: some(user), repos: some(fc.dictionary(name, repo)) }, { requiredKeys: [] }),
      egress: fc.constantFrom({}, { routes: [{ host: "a.example" }] }, { routes: [{ host: "b.example" }, { host: "c.example" }] }),
      supervise: fc.boolean(),
      agent_provider: fc.constantFrom({ template: "shell" }, { auth_token: "T" }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(frontmatter, { minLength: 1, maxLength: 4 }), (chain) => {
      const clean = JSON.parse(JSON.stringify(chain)) as BottleFrontmatter[];
      const declared = new Map(
        clean.map((each, index) => [`b${index}`, index + 1 < clean.length ? { ...each, extends: `b${index + 1}` } : each]),
      );
      const resolved = resolveBottles(declared, new Set()).get("b0");
      if (resolved?.ok !== true) throw new Error(JSON.stringify(resolved));
      const locate = () => ({ line: 1, column: 1, endColumn: 1 });
      const lineage = clean.map((each, index) => ({ file: String(index), manifest: { frontmatter: each, locate } }));
      for (const { path, value } of effectiveValues({ lineage, agent: null, providerRoutes: [] })) {
        const effective = path.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], resolved.bottle);
        const single = typeof effective === "object" ? "none" : String(effective ?? false);
        expect(value, path.join(".")).toBe(single);
      }
    }),
  );
});
