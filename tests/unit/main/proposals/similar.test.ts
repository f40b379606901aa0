import { describe, expect, it } from "vitest";
import type { Proposal, ProposalDecision, ProposalRequest } from "#common/domain/proposal.ts";
import { similarDecisions } from "../../../../main/proposals/similar.ts";
import { egressRequest, proposal } from "../../../support/test-services.ts";

let number = 0;

function decided(request: ProposalRequest, changes: Partial<ProposalDecision> = {}): Proposal {
  const decision: ProposalDecision = {
    verdict: "rejected",
    decidedAt: "2026-11-20T12:00:00.000Z",
    by: "me",
    note: "use the mirror",
    seenRevision: 1,
    appliedRevision: null,
    applied: null,
    scope: null,
    rule: null,
    ...changes,
  };
  return {
    ...proposal("other-bbbbb", egressRequest(), ++number),
    request,
    digest: `${number}`.padStart(64, "0"),
    status: decision.verdict,
    decision,
  };
}

const similar = (request: ProposalRequest, others: readonly Proposal[]) =>
  similarDecisions(request, "f".repeat(64), others).map(({ likeness }) => likeness);

describe("decisions of before (SUP-4)", () => {
  it("are those about the same host, or another of its owner's, and nothing else", () => {
    const others = [
      decided(egressRequest()),
      decided(egressRequest({ methods: ["POST"], pathAllowlist: ["/upload/"] })),
      decided(egressRequest({ host: "files.example.org" })),
      decided(egressRequest({ host: "example.net" })),
      decided({
        kind: "pipelock",
        host: "packages.example.org",
        allowFindings: ["github-pat"],
        ssrfIpAllowlist: [],
        tlsPassthrough: false,
      }),
      { ...decided(egressRequest()), decision: null, status: "pending" as const },
    ];
    expect(similar(egressRequest(), others)).toEqual([
      "same host, same reach",
      "same host, other methods, other paths",
      "another host of example.org",
      "same host, another kind of request",
    ]);
  });

  it("of an account under a shared suffix are not each other's", () => {
    expect(similar(egressRequest({ host: "mine.github.io" }), [decided(egressRequest({ host: "theirs.github.io" }))])).toEqual([]);
  });

  it("compare with what was applied, not with what was asked", () => {
    const edited = decided(egressRequest({ host: "example.net" }), { verdict: "approved", applied: egressRequest() });
    expect(similar(egressRequest(), [edited])).toEqual(["same host, same reach"]);
  });

  it("know the very same request, and images by the lines they share", () => {
    const image = (dockerfile: string) => ({ kind: "capability", dockerfile }) as const;
    const jq = image("FROM bot-bottle-agent\nRUN apt-get install -y jq\n");
    expect(similarDecisions(egressRequest(), decided(egressRequest()).digest, [])).toEqual([]);
    const same = decided(jq);
    expect(similarDecisions(jq, same.digest, [same])[0]?.likeness).toBe("the same request");
    expect(similar(image("FROM bot-bottle-agent\nRUN apt-get install -y jq\nRUN true\n"), [same])).toEqual([
      "an image with 2 lines of this Dockerfile",
    ]);
  });

  it("come newest first, five at most", () => {
    const others = Array.from({ length: 9 }, (_each, index) => decided(egressRequest(), { decidedAt: `2026-11-2${index}T12:00:00.000Z` }));
    const found = similarDecisions(egressRequest(), "f".repeat(64), others);
    expect(found.map(({ decidedAt }) => decidedAt.slice(8, 10))).toEqual(["28", "27", "26", "25", "24"]);
  });
});
