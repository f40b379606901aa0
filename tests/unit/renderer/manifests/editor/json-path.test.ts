import { describe, expect, test } from "vitest";
import type { Json } from "../../../../../renderer/manifests/editor/json-path.ts";
import { changeTo, removing, setting, valueAt, withChange } from "../../../../../renderer/manifests/editor/json-path.ts";

const bottle: Json = {
  agent_provider: { template: "claude", auth_token: "TOKEN" },
  env: { A: "1" },
  egress: { routes: [{ host: "a" }, { host: "b", methods: ["GET"] }] },
};

describe("MAN-9: what a form changes", () => {
  test("a value is set where its map is, and brings the maps that are missing", () => {
    expect(setting(bottle, ["agent_provider", "template"], "codex")).toEqual({ path: ["agent_provider", "template"], value: "codex" });
    expect(setting(bottle, ["git-gate", "user", "name"], "Ada")).toEqual({ path: ["git-gate"], value: { user: { name: "Ada" } } });
    expect(setting({ env: null }, ["env", "A"], "1"), "a key without a value").toEqual({ path: ["env"], value: { A: "1" } });
  });

  test("the last value takes its map with it", () => {
    expect(removing(bottle, ["env", "A"])).toEqual({ path: ["env"], value: null });
    expect(removing(bottle, ["agent_provider", "auth_token"])).toEqual({ path: ["agent_provider", "auth_token"], value: null });
  });

  test("with a parent an empty list stays: without it the parent's routes would be open again (MAN-7)", () => {
    const child = { extends: "base", egress: { routes: [{ host: "a" }] } };
    expect(removing(child, ["egress", "routes", "0"])).toEqual({ path: ["egress", "routes", "0"], value: null });
    expect(removing({ egress: { routes: [{ host: "a" }] } }, ["egress", "routes", "0"])).toEqual({ path: ["egress"], value: null });
  });

  test("nothing, an empty text and an empty list all take the key away; off is a value", () => {
    for (const nothing of [undefined, "", []]) expect(changeTo(bottle, ["env", "A"], nothing)).toEqual({ path: ["env"], value: null });
    expect(changeTo(bottle, ["supervise"], false)).toEqual({ path: ["supervise"], value: false });
  });

  test("is shown before it is written", () => {
    const after = [
      { path: ["egress", "routes", "1", "methods"], value: ["POST"] },
      { path: ["egress", "routes", "2"], value: { host: "c" } },
      { path: ["egress", "routes", "0"], value: null },
      { path: ["env"], value: null },
    ].reduce(withChange, bottle);
    expect(after).toEqual({
      agent_provider: { template: "claude", auth_token: "TOKEN" },
      egress: { routes: [{ host: "b", methods: ["POST"] }, { host: "c" }] },
    });
    expect(valueAt(bottle, ["env", "A"]), "and the tree before it is left alone").toBe("1");
  });

  test("keys of every object are no values of a manifest", () => {
    expect(valueAt(bottle, ["constructor"])).toBeUndefined();
    expect(valueAt(bottle, ["env", "toString"])).toBeUndefined();
  });
});
