import { describe, expect, test } from "vitest";
import { usdAtMost } from "#common/domain/model-prices.ts";
import type { Grant } from "#common/domain/route.ts";
import { filterRoutes, isFiltering } from "../../../../renderer/egress/filter-routes.ts";
import { grantWords } from "../../../../renderer/egress/grant-left.tsx";
import { hostRows } from "../../../../renderer/egress/host-rows.ts";
import { lastRefusals } from "../../../../renderer/egress/last-refusals.ts";
import { budgetShare, formatTokens, formatUsd } from "../../../../renderer/egress/meter-card.tsx";
import { suggestRoute } from "../../../../renderer/egress/route-suggestion.ts";
import { looseWords } from "../../../../renderer/egress/route-words.ts";
import { refusalWords } from "../../../../renderer/egress/rule-text.ts";
import { sparklineWords } from "../../../../renderer/egress/sparkline.tsx";
import { readSupposed } from "../../../../renderer/egress/what-if.ts";
import { route, routes } from "../../../support/fake-bridge/sample-data.ts";
import { decision, history } from "../../../support/fake-bridge/sample-decisions.ts";

const refused = { ...decision(3, "2026-11-22T12:00:00.000Z"), host: "packages.example.org", method: "GET", path: "/simple/a/b.whl?x=…" };

describe("a route suggested by a refusal (EGR-7, SUP-6)", () => {
  test("is the narrowest that would let it pass: this method, this folder", () => {
    expect(suggestRoute(refused)).toEqual({
      host: "packages.example.org",
      methods: ["GET"],
      pathAllowlist: ["/simple/a/"],
      allowFinding: null,
    });
    expect(suggestRoute({ ...refused, path: "/b.whl" })?.pathAllowlist).toEqual(["/b.whl"]);
    expect(suggestRoute({ ...refused, path: "/" })?.pathAllowlist).toEqual([]);
    expect(suggestRoute({ ...refused, method: "CONNECT", path: "" })).toMatchObject({ methods: null, pathAllowlist: [] });
  });

  test("names the content rule that was found, and nothing that no route changes", () => {
    const finding = { rule: "github-pat", part: "body" as const, place: "x", excerpt: "ghp" };
    expect(suggestRoute({ ...refused, rule: "dlp", finding })).toMatchObject({ allowFinding: "github-pat", pathAllowlist: [] });
    for (const rule of ["dlp", "path-encoding", "budget", "credential-cut", "address-refused"] as const)
      expect(suggestRoute({ ...refused, rule })).toBeNull();
  });

  test.each(["/a/../b/", "/a//b/c", "/a%2fb/c", `/${"x/".repeat(2000)}`, "/cut off…/x", "no slash", "/\u202e/x"])(
    "is none where no route could let such a path pass: %j",
    (path) => {
      expect(suggestRoute({ ...refused, path })).toBeNull();
    },
  );
});

test("the last refusals, each host and rule once, newest first, with how often", () => {
  const found = lastRefusals(history(40), 3);
  expect(found.map(({ entry }) => entry.seq)).toEqual(found.map(({ entry }) => entry.seq).toSorted((a, b) => b - a));
  expect(new Set(found.map(({ entry: { decision: each } }) => `${each.host} ${each.rule}`)).size).toBe(3);
  expect(Math.max(...found.map(({ times }) => times))).toBeGreaterThan(1);
});

describe("hosts with their routes and traffic (EGR-7)", () => {
  const grant: Grant = {
    id: "a.1",
    route: route("cdn.example.org"),
    limit: { kind: "until", at: "2026-11-22T12:10:00.000Z" },
    grantedAt: "2026-11-22T12:00:00.000Z",
    by: "ada",
  };
  const count = (host: string, stopped: number) => ({ host, allowed: 0, refused: stopped, bytesUp: 0, bytesDown: 0, lastAt: null });
  const view = {
    table: { revision: 1, routes: routes(), grants: [grant] },
    counts: [count("one.example.net", 1), count("nine.example.net", 9), count("gitea.example.org", 3)],
  };

  test("routed ones first, then granted, then what was only asked for, most refused first", () => {
    expect(hostRows(view, []).map(({ host }) => host)).toEqual([
      "api.anthropic.com",
      "gitea.example.org",
      "docs.python.org",
      "cdn.example.org",
      "nine.example.net",
      "one.example.net",
    ]);
    expect(hostRows(view, [])[1]).toMatchObject({ count: { refused: 3 }, route: { host: "gitea.example.org" } });
  });

  test("thousands of routes and hosts at once", () => {
    const many = Array.from({ length: 2000 }, (_each, index) => route(`r${index}.example.org`));
    const asked = Array.from({ length: 2000 }, (_each, index) => count(`h${index}.example.net`, 1));
    const began = performance.now();
    expect(hostRows({ table: { revision: 1, routes: many, grants: [] }, counts: asked }, [])).toHaveLength(4000);
    expect(performance.now() - began).toBeLessThan(500);
  });

  test("filters by every word, by bottle and credential, and by where they come from", () => {
    const filtered = (text: string, origin: Parameters<typeof filterRoutes>[2]["origin"] = "all") => {
      const { table } = filterRoutes(view, "demo-aaaaa", { text, origin });
      return [...table.routes.map(({ host }) => host), ...table.grants.map(({ route: each }) => each.host)];
    };
    expect(filtered("GITEA post")).toEqual(["gitea.example.org"]);
    expect(filtered("claude_oauth")).toEqual(["api.anthropic.com"]);
    expect(filtered("demo-aaaaa")).toHaveLength(4);
    expect(filtered("", "proposal")).toEqual(["docs.python.org"]);
    expect(filtered("", "grant")).toEqual(["cdn.example.org"]);
    expect(filtered("", "manifest")).toEqual(["api.anthropic.com", "gitea.example.org", "cdn.example.org"]);
    expect(isFiltering({ text: "  ", origin: "all" })).toBe(false);
  });

  test("what is left of a grant", () => {
    const now = Date.parse("2026-11-22T12:00:00.000Z");
    expect(grantWords(grant, now)).toBe("10 m left");
    expect(grantWords(grant, now + 570_000)).toBe("30 s left");
    expect(grantWords(grant, now + 700_000)).toBe("expired");
    expect(grantWords({ limit: { kind: "requests", granted: 5, left: 1 } }, now)).toBe("1 request left");
    expect(grantWords({ limit: { kind: "life" } }, now)).toBe("until the bottle ends");
  });

  test("says what is loose about a route", () => {
    const loose = route("x.example.org", {
      websocket: true,
      pipelock: { tlsPassthrough: true, ssrfIpAllowlist: ["10.0.0.5"], allowFindings: ["github-pat"] },
    });
    expect(looseWords(loose)).toEqual(["WebSocket", "content left to egress", "lets github-pat pass", "may lead to 10.0.0.5"]);
  });
});

test("a sparkline says its numbers (UI-3)", () => {
  expect(sparklineWords([0, 3, 1], [0, 2, 0])).toBe("Last 3 minutes: 4 allowed, 2 refused or failed, at most 5 requests a minute");
  expect(sparklineWords([], [])).toBe("Last 0 minutes: 0 allowed, at most 0 requests a minute");
});

test("a refusal in a row names what was caught, inert (DLP-2)", () => {
  const finding = { rule: "x\u202ey", part: "body" as const, place: "", excerpt: "" };
  expect(refusalWords({ rule: "dlp", finding })).toBe("x⟨U+202E⟩y");
  expect(refusalWords({ rule: "no-route" })).toBe("no route");
});

test("the meter in words, also where a price is not known (EGR-7)", () => {
  expect([0, 9999, 412_300, 3_140_000].map(formatTokens)).toEqual(["0", "9,999", "412 k", "3.1 M"]);
  expect([null, 0, 0.001, 3.176].map(formatUsd)).toEqual(["price not known", "$0.00", "<$0.01", "$3.18"]);
  const model = { model: "unheard-of", input: 0, output: 1_000_000, cacheRead: 0, cacheWrite: 0, requests: 1, usd: null };
  const budget = { tokensPerDay: null, usdPerDay: 2 * usdAtMost(model), onLimit: "stop" as const };
  expect(budgetShare({ budget, tokens: 0, models: [model] })).toBe(0.5);
  expect(budgetShare({ budget: null, tokens: 5, models: [] })).toBe(0);
});

test("half-typed text becomes a question within the contract", () => {
  expect(readSupposed({ host: ` ${"h".repeat(400)}`, methods: "get, post connect ~", paths: "/a b /c", websocket: true })).toEqual({
    host: "h".repeat(253),
    methods: ["GET", "POST"],
    pathAllowlist: ["/a", "/c"],
    websocket: true,
  });
  expect(readSupposed({ host: "", methods: "", paths: "", websocket: false })).toMatchObject({ methods: null, pathAllowlist: [] });
});
