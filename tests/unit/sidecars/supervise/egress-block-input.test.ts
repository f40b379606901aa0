import { describe, expect, test } from "vitest";
import { readEgressBlock } from "../../../../sidecars/supervise/egress-block-input.ts";

const good = { host: "api.example.org", justification: "the build needs it" };

describe("what an agent may ask for (SUP-3)", () => {
  test("is brought into canonical form", () => {
    expect(
      readEgressBlock({
        host: " API.Example.ORG. ",
        methods: ["post", "GET", "get"],
        path_allowlist: ["/v2/", "/a", "/a"],
        auth: { scheme: "bearer", token_ref: "TOKEN" },
        justification: "why",
      }),
    ).toEqual({
      ok: true,
      request: {
        kind: "egress-route",
        host: "api.example.org",
        methods: ["GET", "POST"],
        pathAllowlist: ["/a", "/v2/"],
        auth: { scheme: "Bearer", tokenRef: "TOKEN" },
      },
      justification: "why",
    });
  });

  test("hostile text in the justification is kept as it is: whoever shows it makes it inert", () => {
    const justification = "\u202e\u0000\u001b[2J<script>alert(1)</script>";
    expect(readEgressBlock({ ...good, justification })).toMatchObject({ ok: true, justification });
  });

  test.each([
    [{ host: "*.example.org" }, /host: .*wildcard/],
    [{ host: "https://example.org" }, /host: .*scheme/],
    [{ host: "example.org:8443" }, /host: .*port/],
    [{ host: "example.org/path" }, /host: .*path/],
    [{ host: "user@example.org" }, /host: .*user/],
    [{ host: "169.254.169.254" }, /host: .*IP/],
    [{ host: "0x7f.1" }, /host: .*IP/],
    [{ host: "[::1]" }, /host: .*IP/],
    [{ host: "localhost" }, /host: .*dot/],
    [{ host: "supervise" }, /host: .*dot/],
    [{ host: "co.uk" }, /host: .*public suffix/],
    [{ host: "a\u0000b.example.org" }, /host/],
    [{ host: "" }, /host: .*empty/],
    [{ host: 7 }, /host: must be a string/],
    [{ host: "x".repeat(10_000) }, /host: .*longer/],
    [{ methods: ["CONNECT"] }, /methods: "CONNECT"/],
    [{ methods: ["GE T"] }, /methods/],
    [{ methods: "GET" }, /methods: must be a list/],
    [{ path_allowlist: ["api"] }, /must start with \//],
    [{ path_allowlist: ["/a/../b"] }, /dot segment/],
    [{ path_allowlist: ["/a%2fb"] }, /encoded slash/],
    [{ path_allowlist: ["/a/*"] }, /wildcards/],
    [{ path_allowlist: ["/a?b=c"] }, /without query/],
    [{ path_allowlist: ["/ä"] }, /percent-encoded/],
    [{ path_allowlist: ["/a{b}"] }, /percent-encoded/],
    [{ path_allowlist: Array.from({ length: 51 }, (_, i) => `/${i}`) }, /more than 50/],
    [{ auth: { scheme: "Basic", token_ref: "T" } }, /auth.scheme/],
    [{ auth: { scheme: "Bearer" } }, /auth.token_ref/],
    [{ justification: " \n" }, /justification: is empty/],
    [{ justification: "x".repeat(4001) }, /justification: is longer/],
    [{ hosts: ["a.example.org"] }, /"hosts" not known/],
  ])("%j is refused with a reason to act on", (parts, reason) => {
    const outcome = readEgressBlock({ ...good, ...parts });
    expect(outcome.ok).toBe(false);
    if (!outcome.ok) expect(outcome.problems.join("\n")).toMatch(reason);
  });

  test("a credential put where its name belongs is not repeated", () => {
    const outcome = readEgressBlock({ ...good, auth: { scheme: "Bearer", token_ref: "ghp_canary-0123456789" } });
    expect(JSON.stringify(outcome)).not.toContain("canary");
    expect(outcome.ok).toBe(false);
  });

  test.each([null, undefined, 7, "text", [], { __proto__: null }])("%j instead of arguments is refused", (args) => {
    expect(readEgressBlock(args).ok).toBe(false);
  });

  test("everything that is wrong is told at once", () => {
    const outcome = readEgressBlock({ host: "*", methods: ["CONNECT"], justification: "" });
    expect(outcome).toMatchObject({ ok: false, problems: [expect.any(String), expect.any(String), expect.any(String)] });
  });
});
