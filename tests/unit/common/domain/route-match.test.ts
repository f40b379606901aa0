import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Route } from "#common/domain/route.ts";
import { matchRoute, pathAllowed } from "#common/domain/route-match.ts";

const route = (overrides: Record<string, unknown> = {}) =>
  Route.parse({ host: "api.example.com", origin: { kind: "operator" }, ...overrides });
const ask = (target: string, method = "GET", websocket = false) => ({ method, target, websocket });

describe("EGR-2: path prefixes", () => {
  test.each([
    ["/api", "/api", true],
    ["/api", "/api/", true],
    ["/api", "/api/x", true],
    ["/api", "/apix", false],
    ["/api", "/ap", false],
    ["/api/", "/api/x", true],
    ["/api/", "/api/", true],
    ["/api/", "/api", false],
    ["/", "/anything", true],
    ["/api", "/API", false],
    ["/api", "/%61pi", false],
  ])("%s lets %s pass: %s", (prefix, path, passes) => expect(pathAllowed([prefix], path)).toBe(passes));

  test("an empty list lets every path pass", () => expect(pathAllowed([], "/x")).toBe(true));

  test("nothing outside a prefix ever passes", () => {
    fc.assert(
      fc.property(fc.webPath(), (path) => {
        const verdict = matchRoute(route({ pathAllowlist: ["/only/this"] }), ask(path === "" ? "/" : path));
        if (verdict.allowed) expect(verdict.target.path).toMatch(/^\/only\/this(\/|$)/);
      }),
    );
  });
});

describe("EGR-2: methods, encodings, WebSocket", () => {
  test.each([
    [{ methods: ["GET"] }, ask("/", "POST"), "method"],
    [{ methods: null }, ask("/", "TRACE"), "method"],
    [{ methods: null }, ask("/", "CONNECT"), "method"],
    [{ pathAllowlist: ["/a"] }, ask("/b"), "path"],
    [{ pathAllowlist: ["/a"] }, ask("/a/../b"), "path-encoding"],
    [{}, ask("/", "GET", true), "websocket"],
    [{ pathAllowlist: ["/a"] }, ask("/b", "GET", true), "path"],
  ])("%j refuses %j by %s", (overrides, facts, rule) => {
    expect(matchRoute(route(overrides), facts)).toMatchObject({ allowed: false, rule });
  });

  test.each([
    [{}, ask("/x?y=1", "DELETE")],
    [{ methods: ["GET", "POST"] }, ask("/x", "POST")],
    [{ websocket: true }, ask("/ws", "GET", true)],
  ])("%j allows %j", (overrides, facts) => expect(matchRoute(route(overrides), facts).allowed).toBe(true));
});
