import { describe, expect, test } from "vitest";
import { draftOf, requestOf } from "../../../../renderer/proposals/edit/edit-draft.ts";
import { egressDraft } from "../../../../renderer/proposals/edit/egress-draft.ts";
import { pipelockDraft } from "../../../../renderer/proposals/edit/pipelock-draft.ts";
import { askForContent, askForRoute, proposals } from "../../../support/fake-bridge/sample-proposals.ts";

const route = askForRoute("demo-aaaaa.1", {}, {}).request;
const content = askForContent("demo-aaaaa.2", {}, {}).request;
if (route.kind !== "egress-route" || content.kind !== "pipelock") throw new Error("samples of their kinds");

describe("SUP-4: edit then approve", () => {
  test("an untouched draft is the request it came from, of every kind", () => {
    for (const { request } of proposals) expect(requestOf(draftOf(request))).toEqual({ ok: true, request });
  });

  test("methods are upper-cased and taken once, paths one a line", () => {
    const draft = { ...egressDraft(route), methods: "get, head get", paths: "/a\n\n /b " };
    expect(requestOf(draft)).toMatchObject({ ok: true, request: { methods: ["GET", "HEAD"], pathAllowlist: ["/a", "/b"] } });
  });

  test("what is wrong with a route is said at its field", () => {
    const draft = { ...egressDraft(route), host: " ", methods: "", paths: "a", scheme: "Bearer" as const, tokenRef: "no name" };
    expect(requestOf(draft)).toEqual({
      ok: false,
      problems: {
        host: "A host name is needed.",
        methods: "Name at least one method, or allow any.",
        paths: "Each path must start with /.",
        tokenRef: "The credential's name must be a name such as GITHUB_TOKEN.",
      },
    });
  });

  test("content rules and addresses are words, each once", () => {
    const draft = { ...pipelockDraft(content), findings: "jwt, generic-api-key jwt", addresses: "10.0.0.1\n10.1.0.0/16" };
    expect(requestOf(draft)).toMatchObject({
      ok: true,
      request: { allowFindings: ["jwt", "generic-api-key"], ssrfIpAllowlist: ["10.0.0.1", "10.1.0.0/16"] },
    });
  });

  test("what is wrong with content rules is said at its field", () => {
    const findings = Array.from({ length: 21 }, (_, at) => `rule-${at}`).join(" ");
    expect(requestOf({ ...pipelockDraft(content), host: "", findings, addresses: "x".repeat(51) })).toMatchObject({
      ok: false,
      problems: { host: expect.any(String), findings: expect.stringMatching("At most 20"), addresses: expect.stringMatching("At most 20") },
    });
  });

  test.each([
    ["", "A Dockerfile is needed."],
    ["  \n", "A Dockerfile is needed."],
    ["#".repeat(32 * 1024 + 1), "At most 32 KiB of Dockerfile."],
  ])("a Dockerfile must be one, of at most 32 KiB", (dockerfile, problem) => {
    expect(requestOf({ kind: "capability", dockerfile })).toEqual({ ok: false, problems: { dockerfile: problem } });
  });
});
