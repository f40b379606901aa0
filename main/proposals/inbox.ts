import type { EgressDecision } from "#common/domain/decision.ts";
import type { Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { ApprovalScope, Proposal, ProposalRequest } from "#common/domain/proposal.ts";
import type { ProposalView } from "#common/ipc/proposal-methods.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { DecisionHistory } from "../egress/decision-history.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { LinkPool } from "../sidecars/link-pool.ts";
import { ApplyingBoard } from "./applying-board.ts";
import { withdrawnRecord } from "./audit-records.ts";
import { CapabilityApproval } from "./capability-approval.ts";
import type { CapabilityPort } from "./capability-port.ts";
import type { DecisionBasis } from "./deciding.ts";
import { Deciding } from "./deciding.ts";
import { ProposalBook } from "./proposal-book.ts";
import type { ProposalStore } from "./proposal-store.ts";
import { offeredScopes } from "./scopes.ts";
import { SecretGift } from "./secret-gift.ts";
import { viewProposal } from "./view-proposal.ts";
import type { WriteBackPort, WrittenBack } from "./write-back-port.ts";

export interface InboxDeps {
  readonly links: LinkPool;
  readonly store: ProposalStore;
  readonly history: DecisionHistory;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Account name of who decides here. */
  readonly operator: string;
  readonly capability: CapabilityPort;
  readonly writeBack: WriteBackPort;
  resolveSecrets(slug: Slug, refs: readonly string[]): Promise<Readonly<Record<string, string>>>;
}

export interface ApprovalChoice {
  /** How long it holds; absent: what is offered first. */
  readonly scope?: ApprovalScope;
  /** Digest of the offer that was reviewed: what is approved for good goes to the manifest as well. */
  readonly writeBack?: string | null;
  /** Name of the rule that decides. */
  readonly rule?: string | null;
}

export interface Approval {
  readonly proposal: Proposal;
  /** Null where nothing was to be written. */
  readonly writeBack: WrittenBack | null;
}

export interface RejectedMany {
  readonly rejected: string[];
  readonly failed: { id: string; problem: string }[];
}

/** The proposals of all bottles in one place (SUP-4). */
export class Inbox {
  readonly book: ProposalBook;
  /** Approvals that are being carried out here. */
  readonly applying: ApplyingBoard;
  readonly #deps: InboxDeps;
  readonly #deciding: Deciding;

  constructor(deps: InboxDeps) {
    const { links, clock, operator, logger, capability } = deps;
    this.#deps = deps;
    this.book = new ProposalBook(deps);
    this.applying = new ApplyingBoard(clock);
    this.#deciding = new Deciding({
      book: this.book,
      links,
      clock,
      operator,
      secrets: new SecretGift(deps),
      capability: new CapabilityApproval({ links, board: this.applying, port: capability, logger }),
      record: (record) => deps.audit.record(record),
    });
  }

  /** What waits comes before what is decided; newest first. */
  list(): Promise<Proposal[]> {
    return this.book.list();
  }

  /** The proposal with this id, or the only one whose id begins so. */
  find(id: string): Promise<Proposal> {
    return this.book.find(id);
  }

  /** The proposal with everything we compute about it; `edit` replaces what the agent asked for. */
  async view(id: string, edit: ProposalRequest | null, scope: ApprovalScope | null = null): Promise<ProposalView> {
    const { clock, operator, capability, writeBack } = this.#deps;
    const decisions = (slug: Slug) => this.#decisions(slug);
    const proposal = await this.find(id);
    return viewProposal({ book: this.book, clock, operator, capability, writeBack, decisions }, proposal, edit, scope);
  }

  /** Approves as asked, or as edited; resolves once it is live in the bundle and written to the audit log. */
  async approve(basis: DecisionBasis, edit: ProposalRequest | null, choice: ApprovalChoice = {}): Promise<Approval> {
    const asked = edit ?? (await this.find(basis.id)).request;
    const scope = choice.scope ?? offeredScopes(asked)[0];
    const digest = choice.writeBack ?? null;
    if (digest !== null && (scope.kind !== "for-good" || asked.kind === "capability")) throw onlyForGood();
    const proposal = await this.#deciding.approve(basis, { edit, scope, rule: choice.rule ?? null });
    const applied = proposal.decision?.applied ?? null;
    if (digest === null || applied === null || applied.kind === "capability") return { proposal, writeBack: null };
    return { proposal, writeBack: await this.#deps.writeBack.write(proposal.slug, applied, digest) };
  }

  reject(basis: DecisionBasis, rule: string | null = null): Promise<Proposal> {
    return this.#deciding.reject(basis, rule);
  }

  /** One after another; goes on past those that cannot be rejected. */
  async rejectMany(items: readonly DecisionBasis[]): Promise<RejectedMany> {
    const outcome: RejectedMany = { rejected: [], failed: [] };
    for (const basis of items) {
      try {
        await this.reject(basis);
        outcome.rejected.push(basis.id);
      } catch (error) {
        if (!(error instanceof OperatorError)) throw error;
        outcome.failed.push({ id: basis.id, problem: error.message });
      }
    }
    return outcome;
  }

  /** The bottle ends: what waits can be answered by nobody any more. */
  async withdraw(slug: Slug): Promise<void> {
    const proposals = this.#deps.links.peek(slug)?.view?.proposals ?? [];
    if (proposals.length === 0) return;
    for (const proposal of proposals.filter(({ status }) => status === "pending")) await this.#deps.audit.record(withdrawnRecord(proposal));
    await this.#deps.store.save(slug, proposals.map(withdrawn));
  }

  async #decisions(slug: Slug): Promise<EgressDecision[]> {
    await this.#deps.links.peek(slug)?.kept();
    return (await this.#deps.history.of(slug)).map(({ decision }) => decision);
  }
}

function onlyForGood(): OperatorError {
  return new OperatorError("bad-input", {
    message: "Only a route that is approved for good can be written to the manifest",
    hint: "Choose for good, or leave the manifest as it is",
  });
}

function withdrawn(proposal: Proposal): Proposal {
  return proposal.status === "pending" ? { ...proposal, status: "withdrawn" } : proposal;
}
