import { createHash } from "node:crypto";
import { canonicalJson } from "#common/domain/canonical-json.ts";
import type { Slug } from "#common/domain/names.ts";
import type { PipelockRequest, Proposal, ProposalRequest } from "#common/domain/proposal.ts";
import type { FilingOutcome } from "../kit/supervise-worker.ts";
import { allowanceOf, isAsLenient } from "./already-allowed.ts";
import type { Ledger } from "./ledger.ts";

/** What an agent may ask of the operator's attention, and of the bundle's disk (SUP-3). */
export interface DeskLimits {
  readonly pending: number;
  readonly pendingBytes: number;
  readonly perMinute: number;
}

export const DEFAULT_DESK_LIMITS: DeskLimits = { pending: 20, pendingBytes: 1024 * 1024, perMinute: 10 };

export interface DeskParts {
  readonly slug: Slug;
  readonly ledger: Ledger;
  readonly limits: DeskLimits;
  readonly now: () => Date;
  /** Whether the agent can be given another image. */
  readonly capability: boolean;
}

const MINUTE_MS = 60_000;
const TOOLS = { "egress-route": "egress-block", pipelock: "pipelock-block", capability: "capability-block" } as const;

/** Where valid requests become proposals: identity, digest, limits. */
export class ProposalDesk {
  readonly #parts: DeskParts;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  file(request: ProposalRequest, justification: string): FilingOutcome {
    const needless = this.#needless(request);
    if (needless !== null) return needless;
    const digest = requestDigest(request);
    const pending = this.#parts.ledger.proposals.filter(({ status }) => status === "pending");
    const same = pending.find((proposal) => proposal.digest === digest);
    if (same !== undefined) return { kind: "queued", proposal: same, joined: true };
    const proposal = this.#proposal(request, justification, digest);
    const refusal = this.#overLimit(pending, proposal);
    if (refusal !== null) return refused(refusal);
    this.#parts.ledger.file(proposal);
    return { kind: "queued", proposal, joined: false };
  }

  /** What is answered where there is nothing for the operator to decide. */
  #needless(request: ProposalRequest): FilingOutcome | null {
    const { table } = this.#parts.ledger;
    switch (request.kind) {
      case "egress-route": {
        const allowance = allowanceOf(table, request, this.#parts.now());
        return allowance === null ? null : { kind: "already-allowed", revision: table.revision, limit: allowance.limit };
      }
      case "pipelock":
        return this.#needlessLenience(request);
      case "capability":
        return this.#parts.capability ? null : refused("this bottle cannot be given another image: work with what it has");
    }
  }

  #needlessLenience(request: PipelockRequest): FilingOutcome | null {
    const { table } = this.#parts.ledger;
    const route = table.routes.find(({ host }) => host === request.host);
    if (route !== undefined) return isAsLenient(route, request) ? { kind: "already-allowed", revision: table.revision, limit: null } : null;
    return refused(
      table.grants.some((grant) => grant.route.host === request.host)
        ? `${request.host} is allowed for a while only, with the settings it has: do without, or tell the operator that you need the host for longer`
        : `no route leads to ${request.host} yet: ask for the host with egress-block first, and come back when its content is refused`,
    );
  }

  #proposal(request: ProposalRequest, justification: string, digest: string): Proposal {
    const { slug, ledger, now } = this.#parts;
    return {
      id: `${slug}.${ledger.nextProposal}`,
      slug,
      tool: TOOLS[request.kind],
      createdAt: now().toISOString(),
      status: "pending",
      digest,
      request,
      justification,
      decision: null,
      failure: null,
    };
  }

  #overLimit(pending: readonly Proposal[], added: Proposal): string | null {
    const { limits, ledger } = this.#parts;
    if (pending.length >= limits.pending) {
      return `${pending.length} proposals wait for the operator already, which is the limit: wait until some are decided, then ask again`;
    }
    if (Buffer.byteLength(JSON.stringify([...pending, added])) > limits.pendingBytes) {
      return "the proposals that wait for the operator are too long in all: wait until some are decided, or ask in fewer words";
    }
    return ledger.proposals.filter((proposal) => this.#isRecent(proposal)).length < limits.perMinute
      ? null
      : "too many proposals in one minute: wait a minute, then ask only for what you need";
  }

  /** By what is on disk: a restart gives no agent another go. A time ahead of the clock is from before the clock was put back. */
  #isRecent({ createdAt }: Proposal): boolean {
    return Math.abs(this.#parts.now().getTime() - Date.parse(createdAt)) < MINUTE_MS;
  }
}

/** SHA-256 of the canonical JSON of a request: a decision names it, so that what was seen is what is decided. */
export function requestDigest(request: ProposalRequest): string {
  return createHash("sha256").update(canonicalJson(request)).digest("hex");
}

function refused(reason: string): FilingOutcome {
  return { kind: "refused", reason };
}
