import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { CallToolRequestSchema, ErrorCode, ListToolsRequestSchema, McpError } from "@modelcontextprotocol/sdk/types.js";
import type { JsonSchemaValidator, jsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/types.js";
import { buildId } from "#common/build-id.ts";
import type { ProposalRequest } from "#common/domain/proposal.ts";
import { readCapabilityBlock } from "./capability-block-input.ts";
import type { InputOutcome } from "./checked-fields.ts";
import { readEgressBlock } from "./egress-block-input.ts";
import type { InitLink } from "./init-link.ts";
import { readPipelockBlock } from "./pipelock-block-input.ts";
import { alreadyAllowedAnswer, proposalAnswer } from "./proposal-answer.ts";
import { pushAnswer } from "./push-answer.ts";
import { routesAnswer } from "./routes-answer.ts";
import { refusedAnswer, unknownProposalAnswer } from "./tool-answers.ts";
import { INSTRUCTIONS, NoInput, offeredTools, ProposalStatusInput } from "./tools.ts";
import type { Extra, WaitLimits } from "./waiting-calls.ts";
import { WaitingCalls } from "./waiting-calls.ts";

export interface McpServerOptions extends WaitLimits {
  readonly link: InitLink;
  /** Whether `capability-block` is offered. */
  readonly capability: boolean;
}

type CallTool = (args: unknown, extra: Extra) => Promise<CallToolResult>;

/** The MCP server of one bottle. Whose it is follows from where it listens, never from what a request says (SUP-1). */
export function createMcpServer(options: McpServerOptions): Server {
  const server = new Server(
    { name: "bot-bottle-supervise", title: "bot-bottle", version: buildId },
    { capabilities: { tools: {} }, instructions: INSTRUCTIONS, jsonSchemaValidator: NO_VALIDATOR },
  );
  const tools = offeredTools(options.capability);
  const calls = toolCalls(options);
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }, extra) => {
    const call = tools.some(({ name }) => name === params.name) ? calls.get(params.name) : undefined;
    if (call !== undefined) return call(params.arguments ?? {}, extra);
    throw new McpError(ErrorCode.InvalidParams, `there is no tool of that name; there are ${tools.map(({ name }) => name).join(", ")}`);
  });
  return server;
}

function toolCalls(options: McpServerOptions): ReadonlyMap<string, CallTool> {
  const { link } = options;
  const waiting = new WaitingCalls(options);
  const proposing =
    (tool: string, read: (args: unknown) => InputOutcome<ProposalRequest>): CallTool =>
    (args, extra) =>
      propose(tool, read(args), { link, waiting }, extra);
  return new Map<string, CallTool>([
    ["egress-block", proposing("egress-block", readEgressBlock)],
    ["pipelock-block", proposing("pipelock-block", readPipelockBlock)],
    ["capability-block", proposing("capability-block", readCapabilityBlock)],
    ["list-egress-routes", (args) => listRoutes(link, args)],
    ["proposal-status", (args) => proposalStatus(link, args)],
  ]);
}

async function propose(
  tool: string,
  input: InputOutcome<ProposalRequest>,
  { link, waiting }: { readonly link: InitLink; readonly waiting: WaitingCalls },
  extra: Extra,
): Promise<CallToolResult> {
  if (!input.ok) return refusedAnswer(tool, input.problems);
  using filed = await link.file(input.request, input.justification);
  const { outcome, news } = filed;
  switch (outcome.kind) {
    case "refused":
      return refusedAnswer(tool, [outcome.reason]);
    case "already-allowed":
      return alreadyAllowedAnswer(input.request, outcome);
    case "queued": {
      const proposal = await waiting.newsOr(outcome.proposal, news, extra);
      return proposalAnswer(proposal, await link.routes());
    }
  }
}

async function listRoutes(link: InitLink, args: unknown): Promise<CallToolResult> {
  if (!NoInput.safeParse(args).success) return refusedAnswer("list-egress-routes", ["arguments: it takes none"]);
  return routesAnswer(await link.routes());
}

async function proposalStatus(link: InitLink, args: unknown): Promise<CallToolResult> {
  const parsed = ProposalStatusInput.safeParse(args);
  if (!parsed.success) return refusedAnswer("proposal-status", ["id: must be the proposal_id that your proposal was answered with"]);
  const { id } = parsed.data;
  const [proposal, push, table] = await Promise.all([link.proposal(id), link.push(id), link.routes()]);
  if (push !== null) return pushAnswer(push);
  return proposal === null ? unknownProposalAnswer(id) : proposalAnswer(proposal, table);
}

/** Only answers to questions we never ask the client would be checked with it; the SDK's own would cost a megabyte. */
const NO_VALIDATOR: jsonSchemaValidator = {
  getValidator<T>(): JsonSchemaValidator<T> {
    throw new Error("nothing is elicited from clients");
  },
};
