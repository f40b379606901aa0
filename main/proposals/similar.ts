import { getDomain } from "tldts";
import type { z } from "zod";
import type { Proposal, ProposalRequest } from "#common/domain/proposal.ts";
import type { SimilarDecision as SimilarSchema } from "#common/ipc/proposal-methods.ts";

type SimilarDecision = z.infer<typeof SimilarSchema>;

const MAX_SHOWN = 5;
/** A line that every Dockerfile has says nothing of what it is for. */
const TELLING_LINE = /^(?:FROM|RUN|COPY|ADD)[ \t]/i;
const MIN_LINE = 8;

/** Decisions of before about much the same, of whatever bottle, newest first. */
export function similarDecisions(request: ProposalRequest, digest: string, others: Iterable<Proposal>): SimilarDecision[] {
  const likeness = likenessTo(request, digest);
  const found: SimilarDecision[] = [];
  for (const { id, slug, decision, digest: otherDigest, request: asked } of others) {
    if (decision === null) continue;
    const like = likeness(decision.applied ?? asked, otherDigest);
    if (like === null) continue;
    found.push({
      proposalId: id,
      slug,
      verdict: decision.verdict,
      decidedAt: decision.decidedAt,
      by: decision.by,
      note: decision.note,
      likeness: like,
    });
  }
  return found.sort((a, b) => (a.decidedAt < b.decidedAt ? 1 : a.decidedAt > b.decidedAt ? -1 : 0)).slice(0, MAX_SHOWN);
}

type Likeness = (other: ProposalRequest, digest: string) => string | null;

function likenessTo(request: ProposalRequest, digest: string): Likeness {
  const byKind = request.kind === "capability" ? sameLines(request.dockerfile) : sameHost(request);
  return (other, otherDigest) => (digest === otherDigest ? "the same request" : byKind(other, otherDigest));
}

function sameHost(request: Exclude<ProposalRequest, { kind: "capability" }>): Likeness {
  const domain = domainOf(request.host);
  return (other) => {
    if (other.kind === "capability") return null;
    if (other.host === request.host) return other.kind === request.kind ? howAlike(request, other) : "same host, another kind of request";
    return domain !== null && domainOf(other.host) === domain ? `another host of ${domain}` : null;
  };
}

function howAlike(request: ProposalRequest, other: ProposalRequest): string {
  if (request.kind !== "egress-route" || other.kind !== "egress-route") return "same host";
  const differing = [
    ...(String(request.methods) === String(other.methods) ? [] : ["other methods"]),
    ...(String(request.pathAllowlist) === String(other.pathAllowlist) ? [] : ["other paths"]),
    ...(request.auth?.tokenRef === other.auth?.tokenRef ? [] : ["another credential"]),
  ];
  return ["same host", ...(differing.length === 0 ? ["same reach"] : differing)].join(", ");
}

/** Lines that do something and stand in both. */
function sameLines(dockerfile: string): Likeness {
  const own = tellingLines(dockerfile);
  return (other) => {
    if (other.kind !== "capability") return null;
    let shared = 0;
    for (const line of tellingLines(other.dockerfile)) if (own.has(line)) shared += 1;
    return shared === 0 ? null : `an image with ${shared === 1 ? "a line" : `${shared} lines`} of this Dockerfile`;
  };
}

function tellingLines(dockerfile: string): Set<string> {
  const lines = dockerfile.split("\n").map((line) => line.trim());
  return new Set(lines.filter((line) => line.length >= MIN_LINE && TELLING_LINE.test(line)));
}

function domainOf(host: string): string | null {
  return getDomain(host, { allowPrivateDomains: true });
}
