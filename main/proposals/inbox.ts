import type { Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { ApprovalScope, EgressRequest, Proposal, ProposalDecision, ProposalRequest } from "#common/domain/proposal.ts";
import type { RouteTable } from "#common/domain/route.ts";
import type { ProposalView } from "#common/ipc/proposal-methods.ts";
import type { EventArchive } from "../egress/event-archive.ts";
import { decisionsOf } from "../egress/traffic.ts";
import type { Clock } from "../platform/clock.ts";
import { timestamp } from "../platform/clock.ts";
import type { BundleLink } from "../sidecars/bundle-link.ts";
import type { ControlClient, ControlRequest } from "../sidecars/control-client.ts";
import type { LinkPool } from "../sidecars/link-pool.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import { decisionRecord, withdrawnRecord } from "./audit-records.ts";
import { checkedRequest, withRequest } from "./effect.ts";
import type { ProposalStore } from "./proposal-store.ts";
import { replay } from "./replay.ts";
import { routesAsYaml } from "./route-yaml.ts";
import { sentenceOf } from "./sentence.ts";
import { warningsFor } from "./warnings.ts";

const CONNECT_MS = 10_000;

export interface InboxDeps {
  readonly links: LinkPool;
  readonly store: ProposalStore;
  readonly archive: EventArchive;
  readonly audit: AuditLog;
  readonly clock: Clock;
  /** Account name of who decides here. */
  readonly operator: string;
  resolveSecrets(slug: Slug, refs: readonly string[]): Promise<Readonly<Record<string, string>>>;
}

/** What a decision was made upon: the very request, and the routes as they were then. */
export interface DecisionBasis {
  readonly id: string;
  readonly digest: string;
  readonly seenRevision: number;
  readonly note: string;
}

/** The proposals of all bottles in one place (SUP-4). */
export class Inbox {
  readonly #deps: InboxDeps;

  constructor(deps: InboxDeps) {
    this.#deps = deps;
  }

  /** Newest first; what waits comes before what is decided. */
  async list(): Promise<Proposal[]> {
    const live = this.#deps.links.all().flatMap(({ view }) => view?.proposals ?? []);
    const held = new Set(live.map(({ id }) => id));
    const kept = (await this.#deps.store.loadAll()).filter(({ id }) => !held.has(id));
    return [...live, ...kept].sort(byUrgency);
  }

  /** The proposal with this id, or the only one whose id begins so. */
  async find(id: string): Promise<Proposal> {
    const all = await this.list();
    const exact = all.find((proposal) => proposal.id === id);
    if (exact !== undefined) return exact;
    const matching = all.filter((proposal) => proposal.id.startsWith(id));
    if (matching.length === 1 && matching[0] !== undefined) return matching[0];
    throw new OperatorError("not-found", {
      message: matching.length === 0 ? `There is no proposal ${id}` : `${id} could be ${matching.map((each) => each.id).join(", ")}`,
      hint: "See them with `bot-bottle proposals list`",
    });
  }

  /** The proposal with everything we compute about it; `edit` replaces what the agent asked for. */
  async view(id: string, edit: ProposalRequest | null): Promise<ProposalView> {
    const proposal = await this.find(id);
    const live: RouteTable = this.#deps.links.peek(proposal.slug)?.view?.table ?? { revision: 0, routes: [], grants: [] };
    const request = checkedRequest(egressOnly(edit ?? proposal.request));
    const after = withRequest(live.routes, request, proposal.id);
    await this.#deps.links.peek(proposal.slug)?.kept();
    const decisions = decisionsOf(await this.#deps.archive.read(proposal.slug)).map(({ decision }) => decision);
    return {
      proposal,
      sentence: sentenceOf(proposal.slug, live.routes, after, request),
      warnings: warningsFor(live.routes, after, request),
      liveRevision: live.revision,
      language: "yaml",
      before: routesAsYaml(live.routes),
      after: routesAsYaml(after),
      similar: [],
      scopes: ["for-good"],
      writeBack: null,
      writeBackProblem: null,
      replay: replay(after, request.host, decisions),
      blocked: this.#blocked(proposal),
    };
  }

  /** Approves as asked, or as edited; resolves once the route is live in the bundle and written to the audit log. */
  async approve(basis: DecisionBasis, edit: ProposalRequest | null, scope: ApprovalScope = { kind: "for-good" }): Promise<Proposal> {
    const { proposal, client, live } = await this.#open(basis);
    const applied = checkedRequest(egressOnly(edit ?? proposal.request));
    const routes = withRequest(live.routes, applied, proposal.id);
    const takeBack = await this.#giveSecret(client, proposal.slug, live, applied);
    try {
      const after = { routes, grants: live.grants };
      const outcome = { verdict: "approved", ...after, applied, scope } as const;
      const revision = await client.request(decideFrame(proposal, basis, this.#deps.operator, outcome));
      return await this.#record(
        proposal,
        basis,
        live,
        { verdict: "approved", appliedRevision: revision, applied, scope },
        { revision, ...after },
      );
    } catch (error) {
      await takeBack();
      throw error;
    }
  }

  async reject(basis: DecisionBasis): Promise<Proposal> {
    const { proposal, client, live } = await this.#open(basis);
    await client.request(decideFrame(proposal, basis, this.#deps.operator, { verdict: "rejected" }));
    return this.#record(proposal, basis, live, { verdict: "rejected", appliedRevision: null, applied: null, scope: null }, live);
  }

  /** The bottle ends: what waits can be answered by nobody any more. */
  async withdraw(slug: Slug): Promise<void> {
    const proposals = this.#deps.links.peek(slug)?.view?.proposals ?? [];
    if (proposals.length === 0) return;
    for (const proposal of proposals.filter(({ status }) => status === "pending")) await this.#deps.audit.record(withdrawnRecord(proposal));
    await this.#deps.store.save(slug, proposals.map(withdrawn));
  }

  async #open(basis: DecisionBasis): Promise<{ proposal: Proposal; client: ControlClient; live: RouteTable }> {
    const { slug } = await this.find(basis.id);
    const link = this.#deps.links.get(slug);
    const client = await link.connected(CONNECT_MS);
    const proposal = await this.find(basis.id);
    requireUndecided(proposal);
    if (proposal.digest !== basis.digest)
      throw new OperatorError("conflict", { message: `${proposal.id} is not the request that was seen`, hint: "Look at it again" });
    return { proposal, client, live: requireRevision(link, basis.seenRevision) };
  }

  /**
   * The credential goes first, so that no request meets a live route without it; the returned function takes it back where the
   * approval failed and no live route names it.
   */
  async #giveSecret(client: ControlClient, slug: Slug, live: RouteTable, request: EgressRequest): Promise<() => Promise<void>> {
    const ref = request.auth?.tokenRef;
    if (ref === undefined) return async () => undefined;
    const value = (await this.#deps.resolveSecrets(slug, [ref]))[ref];
    if (value === undefined) {
      throw new OperatorError("secret-missing", {
        message: `The credential ${ref} cannot be found`,
        hint: `Store ${ref} in the Secrets view or with \`bot-bottle secrets set ${ref}\`, unlock the store if it is there already, or edit the request to go without a credential`,
      });
    }
    await client.request({ type: "set-secrets", values: { [ref]: value } });
    if (live.routes.some(({ auth }) => auth?.tokenRef === ref)) return async () => undefined;
    return async () => void (await client.request({ type: "set-secrets", values: { [ref]: null } }).catch(() => undefined));
  }

  async #record(
    proposal: Proposal,
    basis: DecisionBasis,
    before: RouteTable,
    result: Pick<ProposalDecision, "verdict" | "appliedRevision" | "applied" | "scope">,
    after: RouteTable,
  ): Promise<Proposal> {
    const decision = {
      ...result,
      rule: null,
      decidedAt: timestamp(this.#deps.clock),
      by: this.#deps.operator,
      note: basis.note,
      seenRevision: basis.seenRevision,
    };
    await this.#deps.audit.record(decisionRecord(proposal.slug, proposal.id, decision, before, after));
    return { ...proposal, status: result.verdict, decision };
  }

  #blocked(proposal: Proposal): string | null {
    if (proposal.status !== "pending") return `It is ${proposal.status} already.`;
    const link = this.#deps.links.peek(proposal.slug);
    if (link === null || link.view === null) return `The sidecars of ${proposal.slug} are not connected.`;
    return link.state === "connected" ? null : `The connection to the sidecars of ${proposal.slug} is lost; connecting again.`;
  }
}

type Outcome = Extract<ControlRequest, { type: "decide" }>["outcome"];

function decideFrame(proposal: Proposal, basis: DecisionBasis, by: string, outcome: Outcome): ControlRequest {
  return {
    type: "decide",
    proposalId: proposal.id,
    digest: proposal.digest,
    seenRevision: basis.seenRevision,
    by,
    note: basis.note,
    rule: null,
    outcome,
  };
}

function egressOnly(request: ProposalRequest): EgressRequest {
  if (request.kind === "egress-route") return request;
  throw new OperatorError("unsupported", { message: "This version cannot apply such a proposal yet", hint: "Reject it with a note" });
}

function requireRevision(link: BundleLink, seen: number): RouteTable {
  const live = link.view?.table;
  if (live !== undefined && live.revision === seen) return live;
  throw new OperatorError("stale-revision", {
    message: `The routes of ${link.slug} have changed since (revision ${live?.revision ?? "unknown"}, seen ${seen})`,
    hint: "Look at the proposal again: its effect may be another now",
  });
}

function requireUndecided(proposal: Proposal): void {
  if (proposal.status === "pending") return;
  const by = proposal.decision === null ? "" : ` by ${proposal.decision.by}`;
  throw new OperatorError("already-decided", { message: `${proposal.id} is ${proposal.status} already${by}`, hint: "Nothing was changed" });
}

function withdrawn(proposal: Proposal): Proposal {
  return proposal.status === "pending" ? { ...proposal, status: "withdrawn" } : proposal;
}

function byUrgency(a: Proposal, b: Proposal): number {
  const waiting = Number(b.status === "pending") - Number(a.status === "pending");
  return waiting !== 0 ? waiting : a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : 0;
}
