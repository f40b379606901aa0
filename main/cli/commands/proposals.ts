import { createPatch } from "diff";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { Proposal, ProposalRequest } from "#common/domain/proposal.ts";
import { HttpMethod } from "#common/domain/route.ts";
import type { Services } from "../../app/services.ts";
import { connectReachable } from "../connect-reachable.ts";
import type { Command } from "../context.ts";
import { inert } from "../inert.ts";
import { formatTable } from "../table.ts";

export interface DecideOptions {
  readonly note?: string;
  readonly host?: string;
  readonly path?: readonly string[];
  readonly method?: readonly string[];
}

export async function listProposals(command: Command): Promise<number> {
  const services = await connectReachable(command);
  const proposals = (await services.inbox.list()).map((proposal) => ({
    id: proposal.id,
    slug: proposal.slug,
    tool: proposal.tool,
    createdAt: proposal.createdAt,
    status: proposal.status,
    host: proposal.request.kind === "capability" ? "" : proposal.request.host,
  }));
  command.output.result({ proposals }, () =>
    proposals.length === 0
      ? "No proposals."
      : formatTable(
          ["ID", "BOTTLE", "TOOL", "FILED", "STATUS", "HOST"],
          proposals.map((each) => [each.id, each.slug, each.tool, each.createdAt, each.status, inert(each.host)]),
        ),
  );
  return 0;
}

export async function showProposal(command: Command, id: string): Promise<number> {
  const services = await connectReachable(command);
  const { proposal } = await services.inbox.view(id, null);
  const view = await services.inbox.view(proposal.id, null);
  command.output.result(view, () =>
    [
      `${proposal.id}  ${proposal.tool}  ${proposal.status}  filed ${proposal.createdAt}`,
      "",
      inert(view.sentence),
      ...view.warnings.map((warning) => `  ! ${inert(warning)}`),
      ...(view.blocked === null ? [] : [`  ✗ ${inert(view.blocked)}`]),
      "",
      inert(createPatch("routes", view.before, view.after, `revision ${view.liveRevision}`, "as it would be")),
      ...(view.replay === null
        ? []
        : [`Of what this bottle asked for so far, ${view.replay.allowed} would pass and ${view.replay.refused} would not.`]),
      "",
      "The agent says:",
      ...proposal.justification.split("\n").map((line) => `  | ${inert(line)}`),
    ].join("\n"),
  );
  return 0;
}

export async function approveProposal(command: Command, id: string, options: DecideOptions): Promise<number> {
  const services = await connectReachable(command);
  const proposal = await services.inbox.find(id);
  const decided = await services.inbox.approve(basisOf(services, proposal, options), editOf(proposal.request, options));
  return told(command, decided.proposal);
}

export async function rejectProposal(command: Command, id: string, options: DecideOptions): Promise<number> {
  const services = await connectReachable(command);
  const proposal = await services.inbox.find(id);
  return told(command, await services.inbox.reject(basisOf(services, proposal, options)));
}

function basisOf(services: Services, proposal: Proposal, options: DecideOptions) {
  const revision = services.links.peek(proposal.slug)?.view?.table.revision;
  if (revision === undefined && proposal.status === "pending") {
    throw new OperatorError("bundle-unreachable", {
      message: `The sidecars of ${proposal.slug} cannot be reached`,
      hint: "See `bot-bottle list`",
    });
  }
  return { id: proposal.id, digest: proposal.digest, seenRevision: revision ?? 0, note: options.note ?? "" };
}

function editOf(request: ProposalRequest, { host, path, method }: DecideOptions): ProposalRequest | null {
  if (request.kind !== "egress-route" || (host === undefined && path === undefined && method === undefined)) return null;
  return {
    ...request,
    ...(host === undefined ? {} : { host }),
    ...(path === undefined ? {} : { pathAllowlist: [...path] }),
    ...(method === undefined ? {} : { methods: method.map((each) => parseMethod(each)) }),
  };
}

function parseMethod(text: string): string {
  const parsed = HttpMethod.safeParse(text.toUpperCase());
  if (parsed.success) return parsed.data;
  throw new OperatorError("bad-input", { message: `${text} is not an HTTP method that can be allowed` });
}

function told(command: Command, proposal: Proposal): number {
  const revision = proposal.decision?.appliedRevision ?? null;
  command.output.result({ id: proposal.id, status: proposal.status, revision }, () =>
    revision === null ? `${proposal.id} ${proposal.status}` : `${proposal.id} ${proposal.status}; live as revision ${revision}`,
  );
  return 0;
}
