import { describe, expect, test } from "vitest";
import { readPipelockBlock } from "../../../../sidecars/supervise/pipelock-block-input.ts";

const good = { host: "api.example.org", allow_findings: ["generic-api-key"], justification: "a fixture of the tests" };

describe("what an agent may ask to be let through (SUP-1, SUP-3)", () => {
  test("is brought into canonical form", () => {
    const args = {
      host: " API.Example.ORG. ",
      allow_findings: ["b-rule", "a-rule", "b-rule"],
      ssrf_ip_allowlist: ["FD12:3456::1", "10.20.0.5", "10.20.0.5"],
      tls_passthrough: true,
      justification: "why",
    };
    expect(readPipelockBlock(args)).toEqual({
      ok: true,
      request: {
        kind: "pipelock",
        host: "api.example.org",
        allowFindings: ["a-rule", "b-rule"],
        ssrfIpAllowlist: ["10.20.0.5", "fd12:3456::1"],
        tlsPassthrough: true,
      },
      justification: "why",
    });
  });

  test.each<[Record<string, unknown>, RegExp]>([
    [{ allow_findings: [] }, /ask for something/],
    [{ allow_findings: null }, /ask for something/],
    [{ allow_findings: ["*"] }, /allow_findings: must hold names of rules/],
    [{ allow_findings: "generic-api-key" }, /must be a list/],
    [{ allow_findings: Array.from({ length: 21 }, (_, index) => `rule-${index}`) }, /more than 20/],
    [{ ssrf_ip_allowlist: ["0.0.0.0/0"] }, /ssrf_ip_allowlist: "0.0.0.0\/0" covers too much/],
    [{ ssrf_ip_allowlist: ["169.254.169.254"] }, /metadata/],
    [{ tls_passthrough: "yes" }, /tls_passthrough: must be true or false/],
    [{ host: "localhost" }, /host: .*dot/],
    [{ host: "exam\u200bple.org" }, /invisible/],
    [{ justification: "" }, /justification: is empty/],
    [{ everything: true }, /"everything" not known/],
  ])("%j is refused with a reason to act on", (parts, reason) => {
    const outcome = readPipelockBlock({ ...good, ...parts });
    expect(outcome.ok).toBe(false);
    if (!outcome.ok) expect(outcome.problems.join("\n")).toMatch(reason);
  });

  test("a finding put where its rule's name belongs is not repeated", () => {
    const outcome = readPipelockBlock({ ...good, allow_findings: ["ghp_canary0123456789"] });
    expect(outcome.ok).toBe(false);
    expect(JSON.stringify(outcome)).not.toContain("canary");
  });

  test.each([null, undefined, 7, "text", [], { __proto__: null }])("%j instead of arguments is refused", (args) => {
    expect(readPipelockBlock(args).ok).toBe(false);
  });
});
