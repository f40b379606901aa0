import type { Tool } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import { CapabilityBlockInput } from "./capability-block-input.ts";
import { EgressBlockInput } from "./egress-block-input.ts";
import { PipelockBlockInput } from "./pipelock-block-input.ts";

export const NoInput = z.strictObject({});
export const ProposalStatusInput = z.strictObject({
  id: z
    .string("must be a string")
    .max(200, "is too long")
    .describe("The proposal_id that a proposal was answered with, or the id under which a git push is held."),
});

/** Told to every agent at the start of its session. */
export const INSTRUCTIONS = [
  "You run in a sandbox whose only way out is a proxy that lets through what its operator allowed. A request that the proxy",
  "refuses comes back with a text that begins with the status and `bot-bottle:` and ends with `Rule: <name>`. By that name:",
  "no-route, method, path or route-revoked: ask with egress-block. dlp, pipelock or address-refused: look at what you send first,",
  "then ask with pipelock-block. websocket, budget or credential-cut: nothing you can ask for helps; say so and stop.",
  "Ask once, wait for the answer, and when it is pending go on with other work and look again with proposal-status. Never repeat",
  "a refused request in a loop, and never look for a way around: there is none.",
].join(" ");

const WAITING = [
  "The call waits for the decision. When it answers `status: pending` the proposal stays queued: do not file it again, go on with",
  "other work and look now and then with proposal-status.",
].join(" ");

const FILES = { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false };
const READS = { readOnlyHint: true, openWorldHint: false };

const EGRESS_BLOCK: Tool = {
  name: "egress-block",
  title: "Ask for network access",
  description: [
    "Ask the human operator to allow a host that the network proxy refuses. Use it when a request was refused with the rule",
    "no-route, method, path or route-revoked, instead of retrying. Ask for one host per call and only for what the task needs. The",
    "answer tells what was allowed, which may be less, and for how long; the same request works at once then.",
    WAITING,
  ].join(" "),
  inputSchema: inputSchema(EgressBlockInput),
  annotations: FILES,
};

const PIPELOCK_BLOCK: Tool = {
  name: "pipelock-block",
  title: "Ask for a host's content to be let through",
  description: [
    "Ask the human operator to be less strict about one allowed host, after a request to it was refused with the rule dlp, pipelock",
    "or address-refused. First make sure that your request holds no credential: remove it if it does, the proxy adds what is needed",
    "by itself. Ask only when what was found is harmless. The host must be allowed already; if not, use egress-block first.",
    WAITING,
  ].join(" "),
  inputSchema: inputSchema(PipelockBlockInput),
  annotations: FILES,
};

const CAPABILITY_BLOCK: Tool = {
  name: "capability-block",
  title: "Ask for more programs in this sandbox",
  description: [
    "Ask the human operator for another image of this sandbox, when a program or library is missing that you cannot install into",
    "your home or workspace. You give a whole Dockerfile that builds on the image this sandbox was started on: what an earlier",
    "proposal of yours added and you still need must stand in it again. After the approval it is built, and you go on in a new",
    "sandbox with your home, workspace and conversation; programs that run and files elsewhere are lost. The call that asked ends",
    "then: look with proposal-status. A build that fails changes nothing, and proposal-status tells the reason.",
    WAITING,
  ].join(" "),
  inputSchema: inputSchema(CapabilityBlockInput),
  annotations: FILES,
};

const LIST_EGRESS_ROUTES: Tool = {
  name: "list-egress-routes",
  title: "List allowed hosts",
  description: [
    "Lists the hosts, methods and paths that the network proxy lets through now, and what is left of those that are allowed for a",
    "while only. Everything else is refused. Look here before you ask with egress-block.",
  ].join(" "),
  inputSchema: inputSchema(NoInput),
  annotations: READS,
};

const PROPOSAL_STATUS: Tool = {
  name: "proposal-status",
  title: "Look up a proposal or a held push",
  description: [
    "Tells whether a proposal of yours, or a git push that is held for review, is pending, approved or rejected, with the operator's",
    "note, how long an approval holds, and why one could not be applied. It answers at once; ask again after other work, not in a loop.",
  ].join(" "),
  inputSchema: inputSchema(ProposalStatusInput),
  annotations: READS,
};

/** What this bottle's agent may call: what nobody could carry out is not offered. */
export function offeredTools(capability: boolean): Tool[] {
  return [EGRESS_BLOCK, PIPELOCK_BLOCK, ...(capability ? [CAPABILITY_BLOCK] : []), LIST_EGRESS_ROUTES, PROPOSAL_STATUS];
}

function inputSchema(schema: z.ZodType): Tool["inputSchema"] {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: "input" });
  return json as Tool["inputSchema"];
}
