/**
 * A Responses API as the codex command line talks to it with a personal login: the account check that precedes each turn, an
 * empty model list, and a short scripted conversation. The model first runs a shell command, then files an `egress-block`
 * proposal, then ends its turn; it calls tools in code mode. Which step is due is read from the conversation itself.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { zstdDecompressSync } from "node:zlib";

/** The account that a login must name to be served. */
export const WORLD_ACCOUNT = "acct-world-1";

interface Item {
  type: string;
  [key: string]: unknown;
}

const TOOL_SCRIPTS: readonly string[] = [
  'text(await tools.exec_command({ cmd: "echo tool-ran-$((40 + 2))" }));',
  `text(await tools.mcp__supervise__egress_block({
    host: "packages.world.test", path_allowlist: ["/"], methods: ["GET"], justification: "The build needs one package." }));`,
];

const ACCOUNTS = {
  // The origin must be one, and the routing is a word the client knows; both are checked before every turn.
  accounts: [{ id: WORLD_ACCOUNT, workspace_backend_origin: "https://chatgpt.com", account_routing_override: "us" }],
  account_ordering: [WORLD_ACCOUNT],
  default_account_id: WORLD_ACCOUNT,
};

export function answerResponses(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const { pathname } = new URL(request.url ?? "/", "https://world.invalid");
  if (pathname.endsWith("/accounts/check")) return sendJson(response, ACCOUNTS);
  if (pathname.endsWith("/models")) return sendJson(response, { models: [] });
  if (request.method !== "POST" || !pathname.endsWith("/codex/responses")) return void response.writeHead(404).end("{}");
  const text = request.headers["content-encoding"] === "zstd" ? zstdDecompressSync(body) : body;
  const call = JSON.parse(text.toString("utf8")) as { input?: Item[] };
  sendStream(response, nextItem(call.input ?? []));
}

/** The tool call that is due, or the closing words, which repeat what the tools answered so that a test can see it. */
function nextItem(input: readonly Item[]): Item {
  const outputs = input.filter(({ type }) => type === "custom_tool_call_output").map(({ output }) => JSON.stringify(output));
  const script = TOOL_SCRIPTS[outputs.length];
  if (script === undefined) {
    const text = `turn-complete-marker ${outputs.join(" | ")} ${instructionsIn(input)}`;
    return { type: "message", id: "msg_world", role: "assistant", content: [{ type: "output_text", text }] };
  }
  return {
    type: "custom_tool_call",
    id: `ctc_world_${outputs.length}`,
    call_id: `call_world_${outputs.length}`,
    name: "exec",
    input: script,
  };
}

/** What of the developer's instructions is the test's: words that begin with `prompt-marker`. */
function instructionsIn(input: readonly Item[]): string {
  const developer = input
    .filter(({ type, role }) => type === "message" && role === "developer")
    .map(({ content }) => JSON.stringify(content));
  return (
    developer
      .join(" ")
      .match(/\b(?:prompt|skill)-marker-[a-z0-9]+/g)
      ?.join(" ") ?? ""
  );
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
}

function sendStream(response: ServerResponse, item: Item): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (type: string, data: object) => response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  const usage = { input_tokens: 10, input_tokens_details: null, output_tokens: 5, output_tokens_details: null, total_tokens: 15 };
  send("response.created", { response: { id: "resp_world" } });
  send("response.output_item.done", { output_index: 0, item });
  send("response.completed", { response: { id: "resp_world", usage } });
  response.end();
}
