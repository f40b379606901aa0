import type { z } from "zod";
import type { Proposal, ProposalDecision } from "#common/domain/proposal.ts";
import type { RouteTable } from "#common/domain/route.ts";
import type { Decide, FailureCode, SetRoutes, SetSecrets } from "#common/wire/control.ts";
import { log, messageOf } from "../kit/log.ts";
import type { Ledger, LedgerChange } from "./ledger.ts";
import { tableProblem } from "./table-check.ts";

export type PolicyOutcome =
  | { readonly ok: true; readonly revision: number }
  | { readonly ok: false; readonly code: z.infer<typeof FailureCode>; readonly message: string };

export type SecretValues = z.infer<typeof SetSecrets>["values"];

export interface PolicyParts {
  readonly ledger: Ledger;
  readonly now: () => Date;
  /** Resolves once the table is live at egress; rejects when it is not and will not be. */
  applyTable(table: RouteTable): Promise<void>;
  /** Resolves once requests are answered with these credentials. */
  applySecrets(values: SecretValues): Promise<void>;
  /** After a decision is live or recorded: tells the agent that waits for it. */
  decided(proposal: Proposal): void;
  /** After the live table changed. */
  tableChanged(): void;
}

/**
 * The only writer of live policy. One change at a time, so that what a change was checked against is what it changes; each is
 * answered when it is live, or when nothing of it remains (SUP-4, SUP-5).
 */
export class PolicyBook {
  readonly #parts: PolicyParts;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(parts: PolicyParts) {
    this.#parts = parts;
  }

  setRoutes(request: z.infer<typeof SetRoutes>): Promise<PolicyOutcome> {
    return this.#inTurn(() => this.#setRoutes(request));
  }

  decide(request: z.infer<typeof Decide>): Promise<PolicyOutcome> {
    return this.#inTurn(() => this.#decide(request));
  }

  setSecrets(values: SecretValues): Promise<PolicyOutcome> {
    return this.#inTurn(async () => {
      await this.#parts.applySecrets(values);
      return { ok: true, revision: this.#parts.ledger.table.revision };
    });
  }

  #inTurn(change: () => Promise<PolicyOutcome>): Promise<PolicyOutcome> {
    const outcome = this.#queue.then(change);
    this.#queue = outcome.catch(() => undefined);
    return outcome;
  }

  async #setRoutes(request: z.infer<typeof SetRoutes>): Promise<PolicyOutcome> {
    const problem = this.#staleness(request.seenRevision) ?? unusable(request.routes);
    if (problem !== null) return problem;
    const before = this.#parts.ledger.table;
    const after = { revision: before.revision + 1, routes: request.routes, grants: request.grants };
    return this.#apply({ table: after, event: { type: "routes-set", by: request.by, note: request.note, before, after } }, after);
  }

  async #decide(request: z.infer<typeof Decide>): Promise<PolicyOutcome> {
    const proposal = this.#parts.ledger.proposal(request.proposalId);
    if (proposal === null) return failed("not-found", `there is no proposal ${request.proposalId}`);
    const problem = conflict(proposal, request) ?? this.#staleness(request.seenRevision);
    if (problem !== null) return problem;
    return request.outcome.verdict === "rejected" ? this.#reject(proposal, request) : this.#approve(proposal, request, request.outcome);
  }

  #reject(proposal: Proposal, request: z.infer<typeof Decide>): PolicyOutcome {
    const { ledger } = this.#parts;
    const change = decisionChange(
      proposal,
      this.#decision(request, { verdict: "rejected", appliedRevision: null, applied: null, scope: null }),
      {
        before: ledger.table,
        after: ledger.table,
      },
    );
    ledger.record(change);
    this.#parts.decided(change.proposal);
    return { ok: true, revision: ledger.table.revision };
  }

  async #approve(
    proposal: Proposal,
    request: z.infer<typeof Decide>,
    approval: Extract<z.infer<typeof Decide>["outcome"], { verdict: "approved" }>,
  ): Promise<PolicyOutcome> {
    const problem = unusable(approval.routes);
    if (problem !== null) return problem;
    const before = this.#parts.ledger.table;
    const after = { revision: before.revision + 1, routes: approval.routes, grants: approval.grants };
    const { applied, scope } = approval;
    const decision = this.#decision(request, { verdict: "approved", appliedRevision: after.revision, applied, scope });
    const change = decisionChange(proposal, decision, { before, after });
    const outcome = await this.#apply({ ...change, table: after }, after);
    if (outcome.ok) this.#parts.decided(change.proposal);
    return outcome;
  }

  /** On disk first, then live, then told; or nothing at all. */
  async #apply(change: LedgerChange, table: RouteTable): Promise<PolicyOutcome> {
    const { ledger } = this.#parts;
    ledger.prepare(change);
    try {
      await this.#parts.applyTable(table);
    } catch (error) {
      ledger.rollBack();
      log("warn", "table-not-applied", { revision: table.revision, reason: messageOf(error) });
      return failed("apply-failed", `egress did not take the routes (${messageOf(error)}); the old ones are live`);
    }
    ledger.commit();
    this.#parts.tableChanged();
    return { ok: true, revision: table.revision };
  }

  #decision(
    request: z.infer<typeof Decide>,
    result: Pick<ProposalDecision, "verdict" | "appliedRevision" | "applied" | "scope">,
  ): ProposalDecision {
    return {
      ...result,
      decidedAt: this.#parts.now().toISOString(),
      by: request.by,
      note: request.note,
      seenRevision: request.seenRevision,
      rule: request.rule,
    };
  }

  #staleness(seenRevision: number): PolicyOutcome | null {
    const live = this.#parts.ledger.table.revision;
    return seenRevision === live ? null : failed("stale", `revision ${live} is live, this was decided at revision ${seenRevision}`);
  }
}

function conflict(proposal: Proposal, request: z.infer<typeof Decide>): PolicyOutcome | null {
  if (proposal.status !== "pending") return failed("conflict", `${proposal.id} is ${proposal.status} already`);
  return proposal.digest === request.digest ? null : failed("conflict", `${proposal.id} does not ask for what was decided`);
}

function unusable(routes: RouteTable["routes"]): PolicyOutcome | null {
  const problem = tableProblem(routes);
  return problem === null ? null : failed("bad-request", problem);
}

function decisionChange(
  proposal: Proposal,
  decision: ProposalDecision,
  tables: { readonly before: RouteTable; readonly after: RouteTable },
): LedgerChange & { readonly proposal: Proposal } {
  return {
    proposal: { ...proposal, status: decision.verdict, decision },
    event: { type: "proposal-decided", proposalId: proposal.id, decision, ...tables },
  };
}

function failed(code: z.infer<typeof FailureCode>, message: string): PolicyOutcome {
  return { ok: false, code, message };
}
