import { describe, expect, test } from "vitest";
import type { Proposal, ProposalDecision, ProposalRequest } from "#common/domain/proposal.ts";
import type { RouteTable } from "#common/domain/route.ts";
import { alreadyAllowedAnswer, proposalAnswer } from "../../../../sidecars/supervise/proposal-answer.ts";
import { routesAnswer } from "../../../../sidecars/supervise/routes-answer.ts";
import { route, SLUG } from "../../../support/bundle/bundle-folder.ts";
import { grant, requests } from "../../../support/bundle/decisions.ts";

const ID = `${SLUG}.1`;
const EGRESS: ProposalRequest = {
  kind: "egress-route",
  host: "a.example",
  methods: ["GET"],
  pathAllowlist: [],
  auth: { scheme: "Bearer", tokenRef: "CANARY_REF" },
};
const PIPELOCK: ProposalRequest = {
  kind: "pipelock",
  host: "a.example",
  allowFindings: ["x-rule"],
  ssrfIpAllowlist: ["10.0.0.1"],
  tlsPassthrough: true,
};
const IMAGE: ProposalRequest = { kind: "capability", dockerfile: "FROM bot-bottle-agent\nRUN true\n" };
const LIVE: RouteTable = { revision: 4, routes: [route("a.example")], grants: [] };

function proposal(request: ProposalRequest, parts: Partial<Proposal> = {}): Proposal {
  return {
    id: ID,
    slug: SLUG,
    tool: "egress-block",
    createdAt: "2026-01-01T00:00:00.000Z",
    status: "pending",
    digest: "0".repeat(64),
    request,
    justification: "please",
    decision: null,
    failure: null,
    ...parts,
  };
}

function approved(request: ProposalRequest, parts: Partial<ProposalDecision> = {}): Proposal {
  const decision: ProposalDecision = {
    verdict: "approved",
    decidedAt: "2026-01-01T00:00:00.000Z",
    by: "op",
    note: "",
    seenRevision: 3,
    appliedRevision: 4,
    applied: request,
    scope: { kind: "bottle" },
    rule: null,
    ...parts,
  };
  return proposal(request, { status: "approved", decision });
}

function textOf(answer: { readonly content: readonly unknown[] }): string {
  return JSON.stringify(answer.content);
}

describe("what an agent is told of its proposal (SUP-1, SUP-2, EGR-8)", () => {
  test.each([
    [EGRESS, "other ways"],
    [PIPELOCK, "gets past the scan"],
    [IMAGE, "Keep files in your home"],
  ])("pending: to go on, to ask later, not to file again", (request, advice) => {
    const answer = proposalAnswer(proposal(request), LIVE);
    expect(answer.structuredContent).toEqual({ status: "pending", proposal_id: ID });
    for (const part of [advice, "do not file it again", "proposal-status"]) expect(textOf(answer)).toContain(part);
  });

  test.each([
    [EGRESS, "do not file it again"],
    [IMAGE, "file one that is put right"],
  ])("an approval that failed: why, and whose turn it is", (request, advice) => {
    const failure = { at: "2026-01-01T00:00:00.000Z", message: "exit code 100" };
    const answer = proposalAnswer(proposal(request, { failure }), LIVE);
    expect(answer.structuredContent).toMatchObject({ status: "pending", failure });
    expect(textOf(answer)).toContain("could not be applied");
    expect(textOf(answer)).toContain(advice);
  });

  test.each<[Partial<ProposalDecision>, RouteTable["grants"], string]>([
    [{ scope: { kind: "for-good" } }, [], "It holds for good"],
    [{ scope: { kind: "bottle" } }, [], "until this sandbox ends"],
    [{ scope: null }, [], "It holds for good"],
    [{ scope: { kind: "requests", requests: 5 } }, [grant(ID, "a.example", requests(5, 2))], "2 of 5 requests left"],
    [{ scope: { kind: "requests", requests: 1 } }, [grant(ID, "a.example", requests(1))], "1 of 1 request left"],
    [
      { scope: { kind: "minutes", minutes: 5 } },
      [grant(ID, "a.example", { kind: "until", at: "2026-01-01T00:05:00.000Z" })],
      "until 2026-01-01T00:05:00.000Z",
    ],
  ])("approved: how long it holds", (parts, grants, holds) => {
    const text = textOf(proposalAnswer(approved(EGRESS, parts), { ...LIVE, grants }));
    expect(text).toContain(holds);
    expect(text).toContain("Allowed now");
  });

  test.each<[Partial<ProposalDecision>, RouteTable]>([
    [{ scope: { kind: "minutes", minutes: 5 } }, LIVE],
    [{ scope: { kind: "requests", requests: 1 } }, LIVE],
    [{ scope: { kind: "bottle" } }, { ...LIVE, routes: [] }],
  ])("approved, and over: nothing is said to be allowed now", (parts, table) => {
    const answer = proposalAnswer(approved(EGRESS, parts), table);
    expect(textOf(answer)).toContain("That is over");
    expect(textOf(answer)).not.toContain("Allowed now");
    expect(answer.structuredContent).toMatchObject({ status: "approved", allowed: null });
  });

  test.each([
    [EGRESS, "send none of your own", { host: "a.example", auth_scheme: "Bearer" }],
    [PIPELOCK, "the addresses 10.0.0.1", { allow_findings: ["x-rule"], tls_passthrough: true }],
    [IMAGE, "you run on it now", { dockerfile: IMAGE.dockerfile }],
  ])("approved: what is allowed now, by scheme and never by token ref", (request, text, allowed) => {
    const answer = proposalAnswer(approved(request), LIVE);
    expect(answer.structuredContent).toMatchObject({ status: "approved", edited: false, revision: 4, allowed });
    expect(textOf(answer)).toContain(text);
    expect(JSON.stringify(answer)).not.toContain("CANARY_REF");
  });

  test("approved with changes is told as such", () => {
    const answer = proposalAnswer(approved(EGRESS, { applied: { ...EGRESS, methods: ["HEAD"] } }), LIVE);
    expect(answer.structuredContent).toMatchObject({ edited: true, allowed: { methods: ["HEAD"] } });
  });

  test("rejected: to look for another way, with the operator's words", () => {
    const decision = { verdict: "rejected", note: "use the mirror", applied: null, appliedRevision: null, scope: null } as const;
    const answer = proposalAnswer({ ...approved(EGRESS, decision), status: "rejected" }, LIVE);
    expect(answer.structuredContent).toMatchObject({ status: "rejected", note: "use the mirror" });
    expect(textOf(answer)).toContain("Do not file the same request again");
  });

  test("allowed already, and how far that goes", () => {
    const answer = alreadyAllowedAnswer(EGRESS, { kind: "already-allowed", revision: 4, limit: { kind: "requests", granted: 3, left: 1 } });
    expect(textOf(answer)).toContain("1 of 3 requests left");
    expect(alreadyAllowedAnswer(EGRESS, { kind: "already-allowed", revision: 4, limit: null }).structuredContent).toEqual({
      status: "already-allowed",
      revision: 4,
    });
  });

  test("the list tells what is allowed for a while only", () => {
    const grants = [
      grant("operator.1", "b.example", { kind: "life" }),
      grant("operator.2", "c.example", { kind: "until", at: "2026-01-01T00:05:00.000Z" }),
    ];
    const answer = routesAnswer({ ...LIVE, grants });
    expect(textOf(answer)).toContain("https://c.example every method, every path [until 2026-01-01T00:05:00.000Z]");
    expect(answer.structuredContent).toMatchObject({
      for_a_while: [{ host: "b.example" }, { host: "c.example", until: "2026-01-01T00:05:00.000Z" }],
    });
    expect(textOf(routesAnswer({ revision: 1, routes: [], grants: [] }))).toContain("No host is allowed.");
  });
});
