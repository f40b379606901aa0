import type { Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { ApprovalScope, EgressRequest, Proposal, ProposalDecision, ProposalRequest } from "#common/domain/proposal.ts";
import type { RouteTable } from "#common/domain/route.ts";
import type { Clock } from "../platform/clock.ts";
import { timestamp } from "../platform/clock.ts";
import type { ControlClient, ControlRequest } from "../sidecars/control-client.ts";
import type { LinkPool } from "../sidecars/link-pool.ts";
import { decisionRecord } from "./audit-records.ts";
import type { CapabilityApproval } from "./capability-approval.ts";
import { requestOf } from "./checked-request.ts";
import { effectOf } from "./effect.ts";
import type { ProposalBook } from "./proposal-book.ts";
import { requireScope } from "./scopes.ts";
import type { SecretGift } from "./secret-gift.ts";

const CONNECT_MS = 10_000;

/** What a decision was made upon: the very request, and the routes as they were then. */
export interface DecisionBasis {
  readonly id: string;
  readonly digest: string;
  readonly seenRevision: number;
  readonly note: string;
}

/** What is approved of it, and by whom. */
export interface ApprovalTerms {
  /** In place of what the agent asked for. */
  readonly edit: ProposalRequest | null;
  readonly scope: ApprovalScope;
  /** Name of the rule that decides; null where a person does. */
  readonly rule: string | null;
}

export interface DecidingDeps {
  readonly book: ProposalBook;
  readonly links: LinkPool;
  readonly clock: Clock;
  /** Account name of who decides here. */
  readonly operator: string;
  readonly secrets: SecretGift;
  readonly capability: CapabilityApproval;
  record(record: ReturnType<typeof decisionRecord>): Promise<void>;
}

interface Opened {
  readonly proposal: Proposal;
  readonly client: ControlClient;
  readonly live: RouteTable;
}

type Outcome = Extract<ControlRequest, { type: "decide" }>["outcome"];

/** Decisions: each upon what was seen, live in the bundle and in the audit log when it resolves (SUP-4, SUP-5). */
export class Deciding {
  readonly #deps: DecidingDeps;

  constructor(deps: DecidingDeps) {
    this.#deps = deps;
  }

  async approve(basis: DecisionBasis, { edit, scope, rule }: ApprovalTerms): Promise<Proposal> {
    const opened = await this.#open(basis);
    const { proposal, live } = opened;
    const applied = requestOf(proposal.request, edit);
    requireScope(applied, scope);
    if (applied.kind === "capability") {
      const decide = (client: ControlClient, table: RouteTable) =>
        this.#approved({ proposal, client, live: table }, { ...basis, seenRevision: table.revision }, applied, scope, rule, table);
      return this.#deps.capability.run(proposal, applied.dockerfile, decide);
    }
    const { clock, operator } = this.#deps;
    const effect = effectOf(live, applied, { proposalId: proposal.id, scope, now: clock.now(), by: operator });
    const decide = () => this.#approved(opened, basis, applied, scope, rule, effect);
    return applied.kind === "pipelock" ? decide() : this.#withSecret(opened, applied, decide);
  }

  async reject(basis: DecisionBasis, rule: string | null = null): Promise<Proposal> {
    const opened = await this.#open(basis);
    const { proposal, client, live } = opened;
    await client.request(this.#frame(proposal, basis, rule, { verdict: "rejected" }));
    const nothing = { verdict: "rejected", appliedRevision: null, applied: null, scope: null, rule } as const;
    return this.#record(proposal, basis, live, nothing, live);
  }

  /** The bottle that a proposal is of decides; what was seen must still be what is asked, and what is live. */
  async #open(basis: DecisionBasis): Promise<Opened> {
    const { book, links } = this.#deps;
    const { id, slug } = await book.find(basis.id);
    const client = await links.get(slug).connected(CONNECT_MS);
    const proposal = await book.find(id);
    requireUndecided(proposal);
    this.#deps.capability.requireIdle(id);
    if (proposal.digest !== basis.digest)
      throw new OperatorError("conflict", { message: `${proposal.id} is not the request that was seen`, hint: "Look at it again" });
    return { proposal, client, live: requireRevision(slug, links.peek(slug)?.view?.table, basis.seenRevision) };
  }

  /** The credential goes first, so that no request meets a live route without it, and comes back where the approval failed. */
  async #withSecret({ proposal, client, live }: Opened, { auth }: EgressRequest, decide: () => Promise<Proposal>): Promise<Proposal> {
    if (auth === null) return decide();
    const takeBack = await this.#deps.secrets.give(client, proposal.slug, live, [auth.tokenRef]);
    try {
      return await decide();
    } catch (error) {
      await takeBack();
      throw error;
    }
  }

  async #approved(
    { proposal, client, live }: Opened,
    basis: DecisionBasis,
    applied: ProposalRequest,
    scope: ApprovalScope,
    rule: string | null,
    { routes, grants }: Pick<RouteTable, "routes" | "grants">,
  ): Promise<Proposal> {
    const revision = await client.request(this.#frame(proposal, basis, rule, { verdict: "approved", routes, grants, applied, scope }));
    const appliedRevision = applied.kind === "capability" ? null : revision;
    const result = { verdict: "approved", appliedRevision, applied, scope, rule } as const;
    return this.#record(proposal, basis, live, result, { revision, routes, grants });
  }

  #frame({ id, digest }: Proposal, { seenRevision, note }: DecisionBasis, rule: string | null, outcome: Outcome): ControlRequest {
    return { type: "decide", proposalId: id, digest, seenRevision, by: this.#deps.operator, note, rule, outcome };
  }

  async #record(
    proposal: Proposal,
    { note, seenRevision }: DecisionBasis,
    before: RouteTable,
    result: Pick<ProposalDecision, "verdict" | "appliedRevision" | "applied" | "scope" | "rule">,
    after: RouteTable,
  ): Promise<Proposal> {
    const { clock, operator } = this.#deps;
    const decision: ProposalDecision = { ...result, decidedAt: timestamp(clock), by: operator, note, seenRevision };
    await this.#deps.record(decisionRecord(proposal.slug, proposal.id, decision, before, after));
    return { ...proposal, status: result.verdict, decision, failure: null };
  }
}

export function requireRevision(slug: Slug, live: RouteTable | undefined, seen: number): RouteTable {
  if (live !== undefined && live.revision === seen) return live;
  throw new OperatorError("stale-revision", {
    message: `The routes of ${slug} have changed since (revision ${live?.revision ?? "unknown"}, seen ${seen})`,
    hint: "Look at it again: its effect may be another now",
  });
}

function requireUndecided(proposal: Proposal): void {
  if (proposal.status === "pending") return;
  const by = proposal.decision === null ? "" : ` by ${proposal.decision.by}`;
  throw new OperatorError("already-decided", { message: `${proposal.id} is ${proposal.status} already${by}`, hint: "Nothing was changed" });
}
