import { OperatorError } from "#common/domain/operator-error.ts";
import type { EgressRequest, PipelockRequest, Proposal, ProposalRequest } from "#common/domain/proposal.ts";
import { HttpMethod } from "#common/domain/route.ts";
import type { ProposalView } from "#common/ipc/proposal-methods.ts";
import type { Services } from "../../app/services.ts";
import type { ApplyingBoard } from "../../proposals/applying-board.ts";
import type { Approval } from "../../proposals/inbox.ts";
import { confirm } from "../confirm.ts";
import { connectReachable } from "../connect-reachable.ts";
import type { Command } from "../context.ts";
import { describeDecision, describeDiff } from "../describe-proposal.ts";
import { EXIT } from "../exit-codes.ts";
import { inert } from "../inert.ts";
import { readInput } from "../read-input.ts";
import type { SpanOptions } from "../span.ts";
import { scopeOf } from "../span.ts";
import { basisOf } from "./proposals.ts";

export interface ApproveOptions extends SpanOptions {
  readonly note?: string;
  readonly yes?: boolean;
  readonly host?: string;
  readonly path?: readonly string[];
  readonly method?: readonly string[];
  readonly finding?: readonly string[];
  readonly address?: readonly string[];
  readonly dockerfile?: string;
}

export async function approveProposal(command: Command, id: string, options: ApproveOptions): Promise<number> {
  const scope = scopeOf(options);
  const services = await connectReachable(command);
  const proposal = await services.inbox.find(id);
  const edit = await editOf(command, proposal.request, options);
  const writeBack = options.writeBack === true ? await reviewed(command, services, proposal, edit, options) : null;
  if (options.writeBack === true && writeBack === null) return EXIT.cancelled;
  using _progress = followProgress(command, services.inbox.applying, proposal.id);
  const choice = { ...(scope === null ? {} : { scope }), writeBack };
  return told(command, await services.inbox.approve(basisOf(services, proposal, options.note ?? ""), edit, choice));
}

/** The digest of what the operator agreed to have written; null where they did not. */
async function reviewed(
  command: Command,
  services: Services,
  { id }: Proposal,
  edit: ProposalRequest | null,
  { yes }: ApproveOptions,
): Promise<string | null> {
  const view: ProposalView = await services.inbox.view(id, edit, { kind: "for-good" });
  if (view.writeBack === null) {
    throw new OperatorError("not-permitted", {
      message: `It cannot be written to the manifest: ${view.writeBackProblem ?? "there is nothing to write"}`,
      hint: "Approve it with --for-good instead, and change the manifest by hand",
    });
  }
  const { file, before, after, digest } = view.writeBack;
  command.output.say(describeDiff(file, before, after, "now"));
  if (yes === true) return digest;
  return (await confirm(command, `Approve it for good, and write this to ${inert(file)}?`)) ? digest : null;
}

async function editOf(command: Command, request: ProposalRequest, options: ApproveOptions): Promise<ProposalRequest | null> {
  const misplaced = EDITS.filter(
    ({ kind, key }) => kind !== request.kind && options[key] !== undefined && !(key === "host" && request.kind === "pipelock"),
  );
  if (misplaced[0] !== undefined) {
    throw new OperatorError("bad-input", { message: `--${misplaced[0].key} does not belong to a proposal of the kind ${request.kind}` });
  }
  switch (request.kind) {
    case "egress-route":
      return egressEdit(request, options);
    case "pipelock":
      return pipelockEdit(request, options);
    case "capability":
      return options.dockerfile === undefined ? null : { kind: "capability", dockerfile: await readInput(command, options.dockerfile) };
  }
}

const EDITS = [
  { key: "host", kind: "egress-route" },
  { key: "path", kind: "egress-route" },
  { key: "method", kind: "egress-route" },
  { key: "finding", kind: "pipelock" },
  { key: "address", kind: "pipelock" },
  { key: "dockerfile", kind: "capability" },
] as const;

function egressEdit(request: EgressRequest, { host, path, method }: ApproveOptions): EgressRequest | null {
  if (host === undefined && path === undefined && method === undefined) return null;
  return {
    ...request,
    ...(host === undefined ? {} : { host }),
    ...(path === undefined ? {} : { pathAllowlist: [...path] }),
    ...(method === undefined ? {} : { methods: method.map((each) => parseMethod(each)) }),
  };
}

function pipelockEdit(request: PipelockRequest, { host, finding, address }: ApproveOptions): PipelockRequest | null {
  if (host === undefined && finding === undefined && address === undefined) return null;
  return {
    ...request,
    ...(host === undefined ? {} : { host }),
    ...(finding === undefined ? {} : { allowFindings: [...finding] }),
    ...(address === undefined ? {} : { ssrfIpAllowlist: [...address] }),
  };
}

export function parseMethod(text: string): string {
  const parsed = HttpMethod.safeParse(text.toUpperCase());
  if (parsed.success) return parsed.data;
  throw new OperatorError("bad-input", { message: `${text} is not an HTTP method that can be allowed` });
}

/** Says the steps and what the build says as they come; Ctrl-C cancels, and the agent goes on as before. */
function followProgress(command: Command, board: ApplyingBoard, id: string): Disposable {
  let told = { steps: "", lines: 0 };
  const look = () => {
    const applying = board.list().find((each) => each.id === id);
    if (applying === undefined) return;
    const running = applying.steps.findLast(({ state }) => state === "running")?.name ?? "";
    if (running !== "" && running !== told.steps) command.output.say(`… ${running}`);
    // What was dropped of a long log was told before.
    for (const line of applying.log.slice(Math.min(told.lines, applying.log.length))) command.output.say(`  ${inert(line)}`);
    told = { steps: running, lines: applying.log.length };
  };
  const cancel = () => {
    if (board.list().some((each) => each.id === id && each.cancellable)) board.cancel(id);
  };
  const following = board.changed.subscribe(look);
  command.signal.addEventListener("abort", cancel);
  return {
    [Symbol.dispose]: () => {
      following[Symbol.dispose]();
      command.signal.removeEventListener("abort", cancel);
    },
  };
}

function told(command: Command, { proposal, writeBack }: Approval): number {
  const revision = proposal.decision?.appliedRevision ?? null;
  command.output.result({ id: proposal.id, status: proposal.status, revision, writeBack }, () =>
    [
      describeDecision(proposal),
      ...(writeBack === null
        ? []
        : [writeBack.problem === null ? `written to ${inert(writeBack.file)}` : `not written: ${inert(writeBack.problem)}`]),
    ].join("\n"),
  );
  return writeBack?.problem == null ? EXIT.ok : EXIT.conflict;
}
