import type { z } from "zod";
import type { Proposal, ProposalDecision } from "#common/domain/proposal.ts";
import type { Grant, RouteTable } from "#common/domain/route.ts";
import { grantIsLive } from "#common/domain/table-match.ts";
import type {
  ClaimProposal,
  CredentialCuts,
  Decide,
  FailureCode,
  ReportFailure,
  SetCuts,
  SetRoutes,
  SetSecrets,
} from "#common/wire/control.ts";
import { log, messageOf } from "../kit/log.ts";
import type { Approval } from "./approval-check.ts";
import { approvalProblem } from "./approval-check.ts";
import type { Ledger } from "./ledger.ts";
import type { LedgerChange } from "./ledger-file.ts";
import type { Client } from "./proposal-claims.ts";
import { ProposalClaims } from "./proposal-claims.ts";
import { tableProblem, withLiveGrants } from "./table-check.ts";

type Failure = { readonly ok: false; readonly code: z.infer<typeof FailureCode>; readonly message: string };
export type PolicyOutcome = { readonly ok: true; readonly revision: number } | Failure;

export type SecretValues = z.infer<typeof SetSecrets>["values"];

export interface PolicyParts {
  readonly ledger: Ledger;
  readonly now: () => Date;
  /** Resolves once the table is live at egress; rejects when it is not and will not be. */
  applyTable(table: RouteTable): Promise<void>;
  /** Resolves once nothing is decided by what was before: by a worker that took it, or because none runs that has not. */
  enforceTable(table: RouteTable): Promise<void>;
  enforceCuts(cuts: CredentialCuts): Promise<void>;
  /** Resolves once requests are answered with these credentials. */
  applySecrets(values: SecretValues): Promise<void>;
  /** After a decision is live or recorded: tells the agent that waits for it. */
  decided(proposal: Proposal): void;
  /** After an approval could not be applied: tells the agent that waits. */
  failed(proposal: Proposal): void;
  /** After the live table changed. */
  tableChanged(): void;
}

/**
 * The only writer of live policy. One change at a time, so that what a change was checked against is what it changes; each is
 * answered when it is live, or when nothing of it remains (SUP-4, SUP-5).
 */
export class PolicyBook {
  readonly #parts: PolicyParts;
  readonly #claims = new ProposalClaims();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(parts: PolicyParts) {
    this.#parts = parts;
  }

  setRoutes(request: z.infer<typeof SetRoutes>): Promise<PolicyOutcome> {
    return this.#inTurn(() => this.#setRoutes(request));
  }

  decide(request: z.infer<typeof Decide>, client: Client): Promise<PolicyOutcome> {
    return this.#inTurn(() => this.#decide(request, client));
  }

  /** Keeps others from deciding while this client carries an approval out. */
  claim(request: z.infer<typeof ClaimProposal>, client: Client): Promise<PolicyOutcome> {
    return this.#inTurn(async () => this.#claim(request, client));
  }

  /** An approval was tried and could not be carried out: the proposal stays open, both sides are told (SUP-5). */
  reportFailure(request: z.infer<typeof ReportFailure>, client: Client): Promise<PolicyOutcome> {
    return this.#inTurn(async () => {
      const proposal = this.#open(request, client);
      if ("ok" in proposal) return proposal;
      this.#recordFailure(proposal, request.message);
      return this.#done();
    });
  }

  setSecrets(values: SecretValues): Promise<PolicyOutcome> {
    return this.#inTurn(async () => {
      await this.#parts.applySecrets(values);
      return this.#done();
    });
  }

  /** Waits for no turn: whoever cuts a credential off is in a hurry. */
  async setCuts({ cuts, by }: z.infer<typeof SetCuts>): Promise<PolicyOutcome> {
    const sorted = { all: cuts.all, refs: [...new Set(cuts.refs)].sort() };
    this.#parts.ledger.record({ cuts: sorted, event: { type: "cuts-set", by, cuts: sorted } });
    await this.#parts.enforceCuts(sorted);
    return this.#done();
  }

  /** Takes every grant out of the table that lets nothing pass any more, each by a change of its own. */
  endGrants(): Promise<void> {
    return this.#inTurn(async () => {
      const over = this.#parts.ledger.table.grants.filter((grant) => !grantIsLive(grant, this.#parts.now().getTime()));
      for (const grant of over) this.#recordEnd(grant);
      if (over.length === 0) return;
      await this.#parts.enforceTable(this.#parts.ledger.table);
      this.#parts.tableChanged();
    });
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const outcome = this.#queue.then(change);
    this.#queue = outcome.catch(() => undefined);
    return outcome;
  }

  async #setRoutes(request: z.infer<typeof SetRoutes>): Promise<PolicyOutcome> {
    const before = this.#parts.ledger.table;
    const content = withLiveGrants(request, before);
    const problem = this.#staleness(request.seenRevision) ?? refused(tableProblem(content, before, this.#parts.now()));
    if (problem !== null) return problem;
    const after = { revision: before.revision + 1, ...content };
    return this.#apply({ table: after, event: { type: "routes-set", by: request.by, note: request.note, before, after } }, after);
  }

  async #decide(request: z.infer<typeof Decide>, client: Client): Promise<PolicyOutcome> {
    const proposal = this.#open(request, client);
    if ("ok" in proposal) return proposal;
    const stale = this.#staleness(request.seenRevision);
    if (stale !== null) return stale;
    const { outcome } = request;
    if (outcome.verdict === "approved") return this.#approve(proposal, request, outcome);
    return this.#conclude(proposal, this.#decision(request, { verdict: "rejected", appliedRevision: null, applied: null, scope: null }));
  }

  async #approve(proposal: Proposal, request: z.infer<typeof Decide>, asked: Approval): Promise<PolicyOutcome> {
    const before = this.#parts.ledger.table;
    const approval = { ...asked, ...withLiveGrants(asked, before) };
    const { applied, scope, routes, grants } = approval;
    const now = this.#parts.now();
    const problem = refused(tableProblem(approval, before, now) ?? approvalProblem(proposal, approval, before, now));
    if (problem !== null) return problem;
    const verdict = { verdict: "approved", applied, scope } as const;
    if (applied.kind === "capability") return this.#conclude(proposal, this.#decision(request, { ...verdict, appliedRevision: null }));
    const after = { revision: before.revision + 1, routes, grants };
    const decided = this.#decision(request, { ...verdict, appliedRevision: after.revision });
    const change = decisionChange(proposal, decided, { before, after });
    const outcome = await this.#apply({ ...change, table: after }, after);
    if (outcome.ok) this.#tellDecided(change.proposal);
    else this.#recordFailure(proposal, outcome.message);
    return outcome;
  }

  /** A decision by which no route changes. */
  #conclude(proposal: Proposal, decision: ProposalDecision): PolicyOutcome {
    const { ledger } = this.#parts;
    const change = decisionChange(proposal, decision, { before: ledger.table, after: ledger.table });
    ledger.record(change);
    this.#tellDecided(change.proposal);
    return this.#done();
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
    return this.#done();
  }

  #claim({ proposalId, digest, held }: z.infer<typeof ClaimProposal>, client: Client): PolicyOutcome {
    const proposal = this.#open({ proposalId, digest }, client);
    if (!held) this.#claims.giveBack(proposalId, client);
    else if (!("ok" in proposal)) this.#claims.hold(proposalId, client);
    return held && "ok" in proposal ? proposal : this.#done();
  }

  /** The proposal that a request is about, if it is open to that client. */
  #open({ proposalId, digest }: { readonly proposalId: string; readonly digest: string }, client: Client): Proposal | Failure {
    const proposal = this.#parts.ledger.proposal(proposalId);
    if (proposal === null) return failed("not-found", `there is no proposal ${proposalId}`);
    if (proposal.status !== "pending") return failed("conflict", `${proposalId} is ${proposal.status} already`);
    if (proposal.digest !== digest) return failed("conflict", `${proposalId} does not ask for what was decided`);
    const claimed = this.#claims.conflict(proposalId, client);
    return claimed === null ? proposal : failed("conflict", claimed);
  }

  #recordFailure(proposal: Proposal, message: string): void {
    const failure = { at: this.#parts.now().toISOString(), message };
    const tried = { ...proposal, failure };
    try {
      this.#parts.ledger.record({ proposal: tried, event: { type: "proposal-failed", proposalId: proposal.id, message } });
    } catch (error) {
      log("error", "failure-not-stored", { reason: messageOf(error) });
    }
    this.#parts.failed(tried);
  }

  #recordEnd(grant: Grant): void {
    const { revision, routes, grants } = this.#parts.ledger.table;
    const table = { revision: revision + 1, routes, grants: grants.filter(({ id }) => id !== grant.id) };
    const why = grant.limit.kind === "until" ? "expired" : "used-up";
    this.#parts.ledger.record({ table, event: { type: "grant-ended", grant, why, after: table } });
  }

  #tellDecided(proposal: Proposal): void {
    this.#claims.end(proposal.id);
    this.#parts.decided(proposal);
  }

  #decision(
    request: z.infer<typeof Decide>,
    result: Pick<ProposalDecision, "verdict" | "appliedRevision" | "applied" | "scope">,
  ): ProposalDecision {
    const { by, note, seenRevision, rule } = request;
    return { ...result, decidedAt: this.#parts.now().toISOString(), by, note, seenRevision, rule };
  }

  #staleness(seenRevision: number): Failure | null {
    const live = this.#parts.ledger.table.revision;
    return seenRevision === live ? null : failed("stale", `revision ${live} is live, this was decided at revision ${seenRevision}`);
  }

  #done(): PolicyOutcome {
    return { ok: true, revision: this.#parts.ledger.table.revision };
  }
}

function refused(problem: string | null): Failure | null {
  return problem === null ? null : failed("bad-request", problem);
}

function decisionChange(
  proposal: Proposal,
  decision: ProposalDecision,
  tables: { readonly before: RouteTable; readonly after: RouteTable },
): LedgerChange & { readonly proposal: Proposal } {
  return {
    proposal: { ...proposal, status: decision.verdict, decision, failure: null },
    event: { type: "proposal-decided", proposalId: proposal.id, decision, ...tables },
  };
}

function failed(code: Failure["code"], message: string): Failure {
  return { ok: false, code, message };
}
