import type { EgressDecision } from "#common/domain/decision.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { ApprovalScope, Proposal, ProposalRequest } from "#common/domain/proposal.ts";
import type { RouteTable } from "#common/domain/route.ts";
import type { ProposalView } from "#common/ipc/proposal-methods.ts";
import type { Clock } from "../platform/clock.ts";
import type { CapabilityPort } from "./capability-port.ts";
import { requestOf } from "./checked-request.ts";
import type { Effect } from "./effect.ts";
import { effectOf } from "./effect.ts";
import type { ProposalBook } from "./proposal-book.ts";
import { replay } from "./replay.ts";
import { tableAsYaml } from "./route-yaml.ts";
import { offeredScopes, requireScope } from "./scopes.ts";
import { sentenceOf } from "./sentence.ts";
import { similarDecisions } from "./similar.ts";
import { warningsFor } from "./warnings.ts";
import type { WriteBackPort } from "./write-back-port.ts";

export interface ViewDeps {
  readonly book: ProposalBook;
  readonly clock: Clock;
  readonly operator: string;
  readonly capability: CapabilityPort;
  readonly writeBack: WriteBackPort;
  /** What the bottle asked of egress so far. */
  decisions(slug: string): Promise<readonly EgressDecision[]>;
}

/** A proposal with everything we compute about it; `edit` and `scope` take the place of what is offered (SUP-4). */
export async function viewProposal(
  deps: ViewDeps,
  proposal: Proposal,
  edit: ProposalRequest | null,
  asked: ApprovalScope | null,
): Promise<ProposalView> {
  const computed = computeEffect(deps, proposal, edit, asked);
  const { request, live, after } = computed;
  const [sides, writeBack, decisions, all] = await Promise.all([
    sidesOf(deps, proposal, request, live, after),
    computed.problem === null ? offerOf(deps, proposal, request) : NO_OFFER,
    request.kind === "capability" ? [] : deps.decisions(proposal.slug),
    deps.book.list(),
  ]);
  return {
    proposal,
    sentence: computed.problem ?? sentenceOf(proposal.slug, live, after, request, computed.scope),
    warnings: computed.problem === null ? warningsFor(live, after, request).map(({ text }) => text) : [],
    liveRevision: live.revision,
    ...sides,
    replay: replay(after, request, decisions, deps.clock.now()),
    similar: similarDecisions(
      request,
      proposal.digest,
      all.filter(({ id }) => id !== proposal.id),
    ),
    scopes: offeredScopes(request).map(({ kind }) => kind),
    ...writeBack,
    blocked: sides.blocked ?? deps.book.blocked(proposal),
  };
}

interface Computed {
  readonly request: ProposalRequest;
  readonly scope: ApprovalScope;
  readonly live: RouteTable;
  readonly after: Effect;
  /** Why what was asked for cannot be applied, as a sentence; then nothing changes. */
  readonly problem: string | null;
}

/** What an agent asked for may not be applicable any more, and must be seen to be rejected; an edit that is not is said at once. */
function computeEffect(
  { book, clock, operator }: ViewDeps,
  proposal: Proposal,
  edit: ProposalRequest | null,
  asked: ApprovalScope | null,
): Computed {
  const live = book.table(proposal.slug);
  const scope = asked ?? offeredScopes(edit ?? proposal.request)[0];
  requireScope(proposal.request, scope);
  try {
    const request = requestOf(proposal.request, edit);
    const after = effectOf(live, request, { proposalId: proposal.id, scope, now: clock.now(), by: operator });
    return { request, scope, live, after, problem: null };
  } catch (error) {
    if (!(error instanceof OperatorError) || edit !== null) throw error;
    return { request: proposal.request, scope, live, after: live, problem: `${error.message}. It can be edited, or rejected with a note.` };
  }
}

type Sides = Pick<ProposalView, "language" | "before" | "after" | "blocked">;

/** What there is and what would be: the table, or the agent's image. */
async function sidesOf(deps: ViewDeps, { slug, status }: Proposal, request: ProposalRequest, live: Effect, after: Effect): Promise<Sides> {
  if (request.kind !== "capability") return { language: "yaml", before: tableAsYaml(live), after: tableAsYaml(after), blocked: null };
  try {
    return { language: "dockerfile", before: await deps.capability.current(slug), after: request.dockerfile, blocked: null };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const blocked = status === "pending" ? `It cannot be told what the agent runs on now: ${why}.` : null;
    return { language: "dockerfile", before: "", after: request.dockerfile, blocked };
  }
}

type Offer = Pick<ProposalView, "writeBack" | "writeBackProblem">;
const NO_OFFER: Offer = { writeBack: null, writeBackProblem: null };

async function offerOf({ writeBack }: ViewDeps, { slug, status }: Proposal, request: ProposalRequest): Promise<Offer> {
  if (status !== "pending") return NO_OFFER;
  if (request.kind === "capability") {
    return {
      writeBack: null,
      writeBackProblem: "for good, keep the Dockerfile in a folder of your own and name it under agent_provider.dockerfile.",
    };
  }
  const offer = await writeBack.offer(slug, request);
  return offer.ok ? { writeBack: offer.offer, writeBackProblem: null } : { writeBack: null, writeBackProblem: offer.problem };
}
