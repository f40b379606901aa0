import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import type { RequestHandlerExtra } from "@modelcontextprotocol/sdk/shared/protocol.js";
import type { CallToolResult, ServerNotification, ServerRequest, Tool } from "@modelcontextprotocol/sdk/types.js";
import { CallToolRequestSchema, ErrorCode, ListToolsRequestSchema, McpError } from "@modelcontextprotocol/sdk/types.js";
import type { JsonSchemaValidator, jsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/types.js";
import { z } from "zod";
import { buildId } from "#common/build-id.ts";
import type { Proposal } from "#common/domain/proposal.ts";
import { EgressBlockInput, readEgressBlock } from "./egress-block-input.ts";
import type { Filed, InitLink } from "./init-link.ts";
import { pushAnswer } from "./push-answer.ts";
import { alreadyAllowedAnswer, proposalAnswer, refusedAnswer, routesAnswer, unknownProposalAnswer } from "./tool-answers.ts";

export interface McpServerOptions {
  readonly link: InitLink;
  /** How long a call waits for the operator (SUP-2). */
  readonly responseTimeoutMs: number;
  /** How often a client that asked for progress hears that the call still waits. */
  readonly progressMs: number;
  /** From when on calls that wait are answered as pending: the worker is about to end. */
  readonly closing: AbortSignal;
}

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;
type CallTool = (args: unknown, extra: Extra) => Promise<CallToolResult>;

const INSTRUCTIONS = [
  "You run in a sandbox whose only way out is a proxy that lets through what its operator allowed. When a request is refused",
  "with 403 by the proxy, call egress-block to ask for what you need; list-egress-routes shows what is allowed already.",
].join(" ");

const ProposalStatusInput = z.strictObject({
  id: z
    .string("must be a string")
    .max(200, "is too long")
    .describe("The proposal_id that egress-block answered, or the id under which a git push is held."),
});
const NoInput = z.strictObject({});

const TOOLS: Tool[] = [
  {
    name: "egress-block",
    title: "Ask for network access",
    description: [
      "Ask the human operator to allow a host that the network proxy refuses. Use it when a request came back as 403 from the proxy",
      "(its text names the rule), instead of retrying or looking for a way around. Ask for one host per call and only for what the",
      "task needs. The call waits for the decision; when it answers `status: pending`, the proposal stays queued: go on with other",
      "work and look again with proposal-status. After `approved` the same request works at once.",
    ].join(" "),
    inputSchema: inputSchema(EgressBlockInput),
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  },
  {
    name: "list-egress-routes",
    title: "List allowed hosts",
    description: "Lists the hosts, methods and paths that the network proxy lets through now. Everything else is refused.",
    inputSchema: inputSchema(NoInput),
    annotations: { readOnlyHint: true, openWorldHint: false },
  },
  {
    name: "proposal-status",
    title: "Look up a proposal or a held push",
    description:
      "Tells whether a proposal filed with egress-block, or a git push that is held for review, is pending, approved or rejected, with the operator's note.",
    inputSchema: inputSchema(ProposalStatusInput),
    annotations: { readOnlyHint: true, openWorldHint: false },
  },
];

/** The MCP server of one bottle. Whose it is follows from where it listens, never from what a request says (SUP-1). */
export function createMcpServer(options: McpServerOptions): Server {
  const server = new Server(
    { name: "bot-bottle-supervise", title: "bot-bottle", version: buildId },
    { capabilities: { tools: {} }, instructions: INSTRUCTIONS, jsonSchemaValidator: NO_VALIDATOR },
  );
  const calls: Readonly<Record<string, CallTool>> = {
    "egress-block": (args, extra) => egressBlock(options, args, extra),
    "list-egress-routes": async (args) => {
      const parsed = NoInput.safeParse(args);
      return parsed.success ? routesAnswer(await options.link.routes()) : refusedAnswer("list-egress-routes", ["it takes no arguments"]);
    },
    "proposal-status": (args) => proposalStatus(options.link, args),
  };
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: TOOLS }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }, extra) => {
    const call = Object.hasOwn(calls, params.name) ? calls[params.name] : undefined;
    if (call === undefined)
      throw new McpError(ErrorCode.InvalidParams, `there is no tool of that name; there are ${Object.keys(calls).join(", ")}`);
    return call(params.arguments ?? {}, extra);
  });
  return server;
}

async function egressBlock(options: McpServerOptions, args: unknown, extra: Extra): Promise<CallToolResult> {
  const input = readEgressBlock(args);
  if (!input.ok) return refusedAnswer("egress-block", input.problems);
  const filed = await options.link.file(input.request, input.justification);
  switch (filed.outcome.kind) {
    case "refused":
      return refusedAnswer("egress-block", [filed.outcome.reason]);
    case "already-allowed":
      return alreadyAllowedAnswer(input.request.host, filed.outcome.revision);
    case "queued":
      return proposalAnswer(await decidedOrPending(options, filed, filed.outcome.proposal, extra));
  }
}

/** The proposal once it is decided; as it is when the time is over or the agent hung up. */
async function decidedOrPending(options: McpServerOptions, filed: Filed, pending: Proposal, extra: Extra): Promise<Proposal> {
  const over = Promise.withResolvers<Proposal>();
  const timer = setTimeout(() => over.resolve(pending), options.responseTimeoutMs);
  const progress = startProgress(options.progressMs, extra);
  const ending = AbortSignal.any([extra.signal, options.closing]);
  const hungUp = (): void => over.resolve(pending);
  ending.addEventListener("abort", hungUp, { once: true });
  if (ending.aborted) hungUp();
  try {
    return await Promise.race([filed.decided, over.promise]);
  } finally {
    clearTimeout(timer);
    clearInterval(progress);
    ending.removeEventListener("abort", hungUp);
  }
}

/** Clients with a time-out of their own reset it when they hear of progress. */
function startProgress(everyMs: number, extra: Extra): NodeJS.Timeout | undefined {
  const progressToken = extra._meta?.progressToken;
  if (progressToken === undefined) return undefined;
  let progress = 0;
  return setInterval(() => {
    progress += 1;
    const params = { progressToken, progress, message: "waiting for the operator's decision" };
    extra.sendNotification({ method: "notifications/progress", params }).catch(() => undefined);
  }, everyMs);
}

async function proposalStatus(link: InitLink, args: unknown): Promise<CallToolResult> {
  const parsed = ProposalStatusInput.safeParse(args);
  if (!parsed.success) return refusedAnswer("proposal-status", ["id: must be the proposal_id that egress-block answered"]);
  const { id } = parsed.data;
  const [proposal, push] = await Promise.all([link.proposal(id), link.push(id)]);
  if (push !== null) return pushAnswer(push);
  return proposal === null ? unknownProposalAnswer(id) : proposalAnswer(proposal);
}

function inputSchema(schema: z.ZodType): Tool["inputSchema"] {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: "input" });
  return json as Tool["inputSchema"];
}

/** Only answers to questions we never ask the client would be checked with it; the SDK's own would cost a megabyte. */
const NO_VALIDATOR: jsonSchemaValidator = {
  getValidator<T>(): JsonSchemaValidator<T> {
    throw new Error("nothing is elicited from clients");
  },
};
