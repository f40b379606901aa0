import { createHash } from "node:crypto";
import { canonicalJson } from "#common/domain/canonical-json.ts";
import type { Slug } from "#common/domain/names.ts";
import type { EgressRequest, Proposal } from "#common/domain/proposal.ts";
import type { Route } from "#common/domain/route.ts";
import { pathAllowed } from "#common/domain/route-match.ts";
import type { FilingOutcome } from "../kit/supervise-worker.ts";
import type { Ledger } from "./ledger.ts";

/** What an agent may ask of the operator's attention (SUP-3). */
export interface DeskLimits {
  readonly pending: number;
  readonly perMinute: number;
}

export const DEFAULT_DESK_LIMITS: DeskLimits = { pending: 20, perMinute: 10 };

/** Where valid requests become proposals: identity, digest, limits. */
export class ProposalDesk {
  readonly #slug: Slug;
  readonly #ledger: Ledger;
  readonly #limits: DeskLimits;
  readonly #now: () => Date;
  #filedAt: number[] = [];

  constructor(slug: Slug, ledger: Ledger, limits: DeskLimits, now: () => Date) {
    this.#slug = slug;
    this.#ledger = ledger;
    this.#limits = limits;
    this.#now = now;
  }

  file(request: EgressRequest, justification: string): FilingOutcome {
    if (this.#ledger.table.routes.some((route) => routeCovers(route, request))) {
      return { kind: "already-allowed", revision: this.#ledger.table.revision };
    }
    const digest = requestDigest(request);
    const pending = this.#ledger.proposals.filter(({ status }) => status === "pending");
    const same = pending.find((proposal) => proposal.digest === digest);
    if (same !== undefined) return { kind: "queued", proposal: same, joined: true };
    const refusal = this.#overLimit(pending.length);
    return refusal === null ? this.#queue(request, justification, digest) : { kind: "refused", reason: refusal };
  }

  #queue(request: EgressRequest, justification: string, digest: string): FilingOutcome {
    const proposal: Proposal = {
      id: `${this.#slug}.${this.#ledger.nextProposal}`,
      slug: this.#slug,
      tool: "egress-block",
      createdAt: this.#now().toISOString(),
      status: "pending",
      digest,
      request,
      justification,
      decision: null,
      failure: null,
    };
    this.#ledger.file(proposal);
    this.#filedAt.push(this.#now().getTime());
    return { kind: "queued", proposal, joined: false };
  }

  #overLimit(pending: number): string | null {
    if (pending >= this.#limits.pending) {
      return `${pending} proposals wait for the operator already, which is the limit: wait until some are decided, then ask again`;
    }
    const minuteAgo = this.#now().getTime() - 60_000;
    this.#filedAt = this.#filedAt.filter((time) => time > minuteAgo);
    return this.#filedAt.length < this.#limits.perMinute
      ? null
      : "too many proposals in one minute: wait a minute, then ask only for what you need";
  }
}

/** SHA-256 of the canonical JSON of a request: a decision names it, so that what was seen is what is decided. */
export function requestDigest(request: EgressRequest): string {
  return createHash("sha256").update(canonicalJson(request)).digest("hex");
}

/** Whether a live route lets everything through that a request asks for. */
export function routeCovers(route: Route, request: EgressRequest): boolean {
  return route.host === request.host && coversMethods(route, request) && coversPaths(route, request) && coversAuth(route, request);
}

function coversMethods(route: Route, request: EgressRequest): boolean {
  const { methods } = route;
  return methods === null || (request.methods?.every((method) => methods.includes(method)) ?? false);
}

function coversPaths(route: Route, request: EgressRequest): boolean {
  if (route.pathAllowlist.length === 0) return true;
  return request.pathAllowlist.length > 0 && request.pathAllowlist.every((path) => pathAllowed(route.pathAllowlist, path));
}

function coversAuth(route: Route, request: EgressRequest): boolean {
  if (request.auth === null) return true;
  return route.auth !== null && route.auth.scheme === request.auth.scheme && route.auth.tokenRef === request.auth.tokenRef;
}
