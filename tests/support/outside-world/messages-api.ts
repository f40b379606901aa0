/**
 * A Messages API that plays a short scripted conversation: the model first runs a shell command, then files an
 * `egress-block` proposal, then ends its turn. Which step is due is read from the conversation itself, so any number of
 * clients can talk to it.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { isApprovalTask, nextApprovalBlock } from "./approval-turn.ts";
import { isCapabilityTask, nextCapabilityBlock } from "./capability-turn.ts";

interface Block {
  type: string;
  [key: string]: unknown;
}

const TOOL_CALLS: readonly Block[] = [
  { type: "tool_use", id: "toolu_world_1", name: "Bash", input: { command: "echo tool-ran-$((40 + 2))", description: "Print a marker" } },
  {
    type: "tool_use",
    id: "toolu_world_2",
    name: "mcp__supervise__egress-block",
    input: { host: "packages.world.test", path_allowlist: ["/"], methods: ["GET"], justification: "The build needs one package." },
  },
];

export function answerMessages(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  if (request.method !== "POST" || !request.url?.startsWith("/v1/messages")) return void response.writeHead(404).end("{}");
  if (request.url.startsWith("/v1/messages/count_tokens")) return sendJson(response, { input_tokens: 10 });
  const call = JSON.parse(body.toString("utf8")) as {
    stream?: boolean;
    model?: string;
    tools?: { name: string }[];
    messages?: { content: unknown }[];
  };
  const isAgentTurn = (call.tools ?? []).some((tool) => tool.name === "Bash");
  const block = isAgentTurn ? nextBlock(call.messages ?? []) : { type: "text", text: "ok" };
  const message = {
    id: "msg_world",
    type: "message",
    role: "assistant",
    model: call.model ?? "model",
    usage: { input_tokens: 10, output_tokens: 5 },
  };
  const stop = block.type === "tool_use" ? "tool_use" : "end_turn";
  if (call.stream !== true) return sendJson(response, { ...message, content: [block], stop_reason: stop, stop_sequence: null });
  sendStream(response, message, block, stop);
}

/** The tool call that is due, or the closing words, which repeat what the tools answered so that a test can see it. */
function nextBlock(messages: readonly { content: unknown }[]): Block {
  const blocks = messages.flatMap((message) => (Array.isArray(message.content) ? (message.content as Block[]) : []));
  const results = blocks.filter((block) => block.type === "tool_result").map((block) => JSON.stringify(block.content));
  if (isApprovalTask(messages)) return nextApprovalBlock(results);
  if (isCapabilityTask(messages)) return nextCapabilityBlock(messages, results);
  return TOOL_CALLS[results.length] ?? { type: "text", text: `turn-complete-marker ${results.join(" | ")}` };
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
}

function sendStream(response: ServerResponse, message: object, block: Block, stop: string): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (type: string, data: object) => response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  send("message_start", { message: { ...message, content: [], stop_reason: null, stop_sequence: null } });
  if (block.type === "tool_use") {
    send("content_block_start", { index: 0, content_block: { ...block, input: {} } });
    send("content_block_delta", { index: 0, delta: { type: "input_json_delta", partial_json: JSON.stringify(block.input) } });
  } else {
    send("content_block_start", { index: 0, content_block: { type: "text", text: "" } });
    send("content_block_delta", { index: 0, delta: { type: "text_delta", text: block.text } });
  }
  send("content_block_stop", { index: 0 });
  send("message_delta", { delta: { stop_reason: stop, stop_sequence: null }, usage: { output_tokens: 5 } });
  send("message_stop", {});
  response.end();
}
