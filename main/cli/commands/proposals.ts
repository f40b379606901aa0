import { OperatorError } from "#common/domain/operator-error.ts";
import type { Proposal } from "#common/domain/proposal.ts";
import type { Services } from "../../app/services.ts";
import type { DecisionBasis } from "../../proposals/deciding.ts";
import { confirm } from "../confirm.ts";
import { connectReachable } from "../connect-reachable.ts";
import type { Command } from "../context.ts";
import { parseSlug } from "../context.ts";
import { describeDecision, describeView, subjectOf } from "../describe-proposal.ts";
import { EXIT } from "../exit-codes.ts";
import { inert } from "../inert.ts";
import { parseMinutes } from "../span.ts";
import { formatTable } from "../table.ts";

export async function listProposals(command: Command, options: { readonly bottle?: string } = {}): Promise<number> {
  const services = await connectReachable(command);
  const slug = options.bottle === undefined ? null : parseSlug(options.bottle);
  const snoozed = new Map((await services.snoozes.list()).map(({ id, until }) => [id, until]));
  const listed = (await services.inbox.list()).filter((proposal) => slug === null || proposal.slug === slug);
  const proposals = listed.map((proposal) => ({
    id: proposal.id,
    slug: proposal.slug,
    tool: proposal.tool,
    createdAt: proposal.createdAt,
    status: proposal.status,
    host: proposal.request.kind === "capability" ? null : proposal.request.host,
    snoozedUntil: snoozed.get(proposal.id) ?? null,
    failure: proposal.failure,
  }));
  command.output.result({ proposals }, () =>
    listed.length === 0
      ? "No proposals."
      : formatTable(
          ["ID", "BOTTLE", "TOOL", "FILED", "STATUS", "ASKS FOR"],
          listed.map((each) => [each.id, each.slug, each.tool, each.createdAt, stateOf(each, snoozed), subjectOf(each.request)]),
        ),
  );
  return EXIT.ok;
}

export async function showProposal(command: Command, id: string): Promise<number> {
  const services = await connectReachable(command);
  const view = await services.inbox.view(id, null);
  command.output.result(view, () => describeView(view));
  return EXIT.ok;
}

export interface RejectOptions {
  readonly note?: string;
  readonly all?: boolean;
  readonly bottle?: string;
  readonly yes?: boolean;
}

export async function rejectProposals(command: Command, ids: readonly string[], options: RejectOptions): Promise<number> {
  if (options.all === true ? ids.length > 0 : ids.length === 0 || options.bottle !== undefined) {
    throw new OperatorError("bad-input", { message: "Name the proposals to reject, or say --all, with --bottle for one bottle's alone" });
  }
  const services = await connectReachable(command);
  if (options.all !== true && ids.length === 1) return rejectOne(command, services, ids[0] ?? "", options.note ?? "");
  const proposals =
    options.all === true ? await waiting(services, options.bottle) : await Promise.all(ids.map((id) => services.inbox.find(id)));
  if (options.all === true && options.yes !== true && proposals.length > 0 && !(await confirm(command, question(proposals))))
    return EXIT.cancelled;
  const outcome = await services.inbox.rejectMany(proposals.map((proposal) => basisOf(services, proposal, options.note ?? "")));
  command.output.result(outcome, () =>
    [`${outcome.rejected.length} rejected`, ...outcome.failed.map(({ id, problem }) => `✗ ${id}: ${inert(problem)}`)].join("\n"),
  );
  return outcome.failed.length === 0 ? EXIT.ok : EXIT.failure;
}

export async function snoozeProposals(
  command: Command,
  given: readonly string[],
  options: { readonly for: string; readonly wake?: boolean },
): Promise<number> {
  const services = await connectReachable(command);
  const ids = await Promise.all(given.map(async (id) => (await services.inbox.find(id)).id));
  const now = services.deps.clock.now().getTime();
  const until = options.wake === true ? null : new Date(now + parseMinutes(options.for) * 60_000).toISOString();
  await services.snoozes.set(ids, until);
  command.output.result({ ids, until }, () =>
    until === null ? `${ids.join(", ")} back in the inbox` : `${ids.join(", ")} out of the way until ${until}`,
  );
  return EXIT.ok;
}

/** What a decision made here and now rests upon. */
export function basisOf(services: Services, proposal: Proposal, note: string): DecisionBasis {
  const revision = services.links.peek(proposal.slug)?.view?.table.revision;
  if (revision === undefined && proposal.status === "pending") {
    throw new OperatorError("bundle-unreachable", {
      message: `The sidecars of ${proposal.slug} cannot be reached`,
      hint: "See `bot-bottle list`",
    });
  }
  return { id: proposal.id, digest: proposal.digest, seenRevision: revision ?? 0, note };
}

async function rejectOne(command: Command, services: Services, id: string, note: string): Promise<number> {
  const proposal = await services.inbox.find(id);
  const decided = await services.inbox.reject(basisOf(services, proposal, note));
  command.output.result({ id: decided.id, status: decided.status, revision: null }, () => describeDecision(decided));
  return EXIT.ok;
}

/** Those of bottles that can be asked: others cannot be decided now. */
async function waiting(services: Services, bottle: string | undefined): Promise<Proposal[]> {
  const slug = bottle === undefined ? null : parseSlug(bottle);
  const live = services.inbox.book.live().filter(({ status }) => status === "pending");
  return live.filter((proposal) => slug === null || proposal.slug === slug);
}

function question(proposals: readonly Proposal[]): string {
  const bottles = new Set(proposals.map(({ slug }) => slug)).size;
  return `Reject ${proposals.length} proposals of ${bottles === 1 ? "one bottle" : `${bottles} bottles`}?`;
}

function stateOf({ id, status }: Proposal, snoozed: ReadonlyMap<string, string>): string {
  return status === "pending" && snoozed.has(id) ? "snoozed" : status;
}
