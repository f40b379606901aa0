import { describe, expect, test } from "vitest";
import type { BottleFrontmatter } from "#common/manifest/bottle-schema.ts";
import { resolveBottles } from "#common/manifest/inherit.ts";

function resolve(bottles: Record<string, BottleFrontmatter>, name = "child", unusable: string[] = []) {
  return resolveBottles(new Map(Object.entries(bottles)), new Set(unusable)).get(name);
}

function effective(parent: BottleFrontmatter, child: BottleFrontmatter) {
  const resolved = resolve({ parent, child: { ...child, extends: "parent" } });
  if (resolved?.ok !== true) throw new Error(JSON.stringify(resolved));
  return resolved.bottle;
}

const repo = (name: string) => ({ url: `ssh://git@example.org/${name}.git`, identity: "KEY" });

describe("what a child inherits (MAN-7)", () => {
  test("nothing declared: everything, and the default provider", () => {
    const parent: BottleFrontmatter = { env: { A: "1" }, supervise: true, egress: { routes: [{ host: "a.example" }] } };
    expect(effective(parent, {})).toEqual({ ...parent, agent_provider: { template: "claude" } });
  });

  test("env by key, the child wins", () => {
    expect(effective({ env: { A: "1", B: "1" } }, { env: { B: "2", C: "2" } }).env).toEqual({ A: "1", B: "2", C: "2" });
  });

  test("egress, provider and supervise whole", () => {
    const parent: BottleFrontmatter = { egress: { routes: [{ host: "a.example" }] }, agent_provider: { auth_token: "T" }, supervise: true };
    const child: BottleFrontmatter = { egress: {}, agent_provider: { template: "shell" }, supervise: false };
    expect(effective(parent, child)).toEqual(child);
  });

  test("the git user per field", () => {
    const parent: BottleFrontmatter = { "git-gate": { user: { name: "Ada", email: "ada@example.org" } } };
    expect(effective(parent, { "git-gate": { user: { name: "", email: "bot@example.org" } } })["git-gate"]?.user).toEqual({
      name: "Ada",
      email: "bot@example.org",
    });
  });

  test("repositories by name, siblings of one host stay; {} clears", () => {
    const parent: BottleFrontmatter = { "git-gate": { repos: { a: repo("a"), b: repo("b") } } };
    expect(effective(parent, { "git-gate": { repos: { b: repo("b2") } } })["git-gate"]?.repos).toEqual({ a: repo("a"), b: repo("b2") });
    expect(effective(parent, { "git-gate": { repos: {} } })["git-gate"]?.repos).toEqual({});
  });

  test("chains", () => {
    const resolved = resolve({
      a: { env: { X: "a", Y: "a" } },
      b: { extends: "a", env: { Y: "b" } },
      child: { extends: "b", env: { Z: "c" } },
    });
    expect(resolved).toMatchObject({ ok: true, bottle: { env: { X: "a", Y: "b", Z: "c" } } });
  });
});

test.each([
  ["itself", { child: { extends: "child" } }, "extends itself"],
  ["a circle", { child: { extends: "a" }, a: { extends: "b" }, b: { extends: "child" } }, "extends in a circle: child -> a -> b -> child"],
  ["a circle further up", { child: { extends: "a" }, a: { extends: "b" }, b: { extends: "a" } }, "extends in a circle: a -> b -> a"],
  ["a parent that extends itself", { child: { extends: "a" }, a: { extends: "a" } }, 'extends "a", which extends itself'],
  ["nothing there", { child: { extends: "none" }, other: {} }, 'extends "none", which is not defined; defined bottles: child, other'],
])("extends %s", (_case, bottles, reason) => {
  expect(resolve(bottles)).toEqual({ ok: false, reason });
});

test("a parent with errors makes its children unusable", () => {
  expect(resolve({ child: { extends: "bad" } }, "child", ["bad"])).toEqual({ ok: false, reason: 'extends "bad", which has errors' });
});
