import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Grant, GrantLimit } from "#common/domain/route.ts";
import { Route } from "#common/domain/route.ts";
import { matchRoute } from "#common/domain/route-match.ts";
import { grantIsLive, matchHost } from "#common/domain/table-match.ts";

const NOW = Date.parse("2026-11-22T12:00:00.000Z");
const PATHS = ["/a", "/b", "/c"];

function route(pathAllowlist: string[]): Route {
  return Route.parse({ host: "api.example.com", pathAllowlist, origin: { kind: "operator" } });
}

function grant(id: string, limit: GrantLimit, pathAllowlist: string[] = []): Grant {
  return { id, route: route(pathAllowlist), limit, grantedAt: "2026-11-22T11:00:00.000Z", by: "ada" };
}

const until = (offset: number): GrantLimit => ({ kind: "until", at: new Date(NOW + offset).toISOString() });
const left = (count: number): GrantLimit => ({ kind: "requests", granted: 5, left: count });
const facts = (target: string) => ({ method: "GET", target, websocket: false });

describe("SUP-5: what lets a request of a host pass", () => {
  test.each<[GrantLimit, boolean]>([
    [{ kind: "life" }, true],
    [until(1), true],
    [until(0), false],
    [until(-1), false],
    [left(1), true],
    [left(0), false],
  ])("a grant of %j is live: %s", (limit, live) => expect(grantIsLive(grant("g", limit), NOW)).toBe(live));

  test("the permanent route first, so that no grant is used up by what is allowed anyway", () => {
    const verdict = matchHost({ route: route(["/a"]), grants: [grant("g", left(1))] }, facts("/a"), NOW);
    expect(verdict).toMatchObject({ allowed: true, grant: null });
  });

  test("then live grants in their order", () => {
    const grants = [grant("ended", until(0)), grant("elsewhere", left(5), ["/b"]), grant("first", left(1)), grant("second", left(1))];
    expect(matchHost({ route: route(["/c"]), grants }, facts("/a"), NOW)).toMatchObject({ allowed: true, grant: { id: "first" } });
  });

  test("a refusal is the permanent route's, else the first live grant's, else none", () => {
    const grants = [grant("ended", until(0), ["/b"]), grant("live", left(1), ["/b"])];
    expect(matchHost({ route: route(["/c"]), grants }, facts("/a"), NOW)).toMatchObject({ verdict: { rule: "path" } });
    expect(matchHost({ route: null, grants }, facts("/a"), NOW)).toMatchObject({ verdict: { rule: "path" } });
    expect(matchHost({ route: null, grants: [grant("ended", until(0))] }, facts("/a"), NOW)).toEqual({ allowed: false, verdict: null });
  });

  test("EGR-2: nothing passes but by one live route that allows exactly what is asked", () => {
    const paths = fc.subarray(PATHS, { minLength: 1 });
    const limit = fc.oneof(fc.integer({ min: -2, max: 2 }).map(until), fc.integer({ min: 0, max: 2 }).map(left));
    const grants = fc.array(fc.tuple(limit, paths), { maxLength: 5 });
    fc.assert(
      fc.property(fc.option(paths), grants, fc.constantFrom(...PATHS, "/a/../b", "/%2e%2e/a", "//a"), (permanent, granted, target) => {
        const table = {
          route: permanent === null ? null : route(permanent),
          grants: granted.map(([each, allowed], index) => grant(String(index), each, allowed)),
        };
        const verdict = matchHost(table, facts(target), NOW);
        const allowing = [table.route, ...table.grants.filter((each) => grantIsLive(each, NOW)).map((each) => each.route)].filter(
          (each) => each !== null && matchRoute(each, facts(target)).allowed,
        );
        expect(verdict.allowed).toBe(allowing.length > 0);
        if (verdict.allowed) expect([verdict.route, verdict.verdict.target.path]).toEqual([allowing[0], target]);
      }),
    );
  });
});
