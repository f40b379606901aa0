/**
 * The Responses API as it serves programs with an API key, which call tools as functions. The model runs a shell command, then
 * files an `egress-block` proposal, then ends its turn; which step is due is read from the conversation itself. A call
 * without tools, such as one for a title, gets a word.
 */
import type { IncomingMessage, ServerResponse } from "node:http";

interface Item {
  type: string;
  [key: string]: unknown;
}

const CALLS: readonly { readonly name: string; readonly input: object }[] = [
  { name: "bash", input: { command: "echo tool-ran-$((40 + 2))", description: "Print a marker" } },
  {
    name: "supervise_egress-block",
    input: { host: "packages.world.test", path_allowlist: ["/"], methods: ["GET"], justification: "The build needs one package." },
  },
];

export function answerFunctions(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  if (request.method !== "POST" || !request.url?.startsWith("/v1/responses")) return void response.writeHead(404).end("{}");
  const call = JSON.parse(body.toString("utf8")) as { model?: string; tools?: unknown[]; input?: Item[] };
  const send = openStream(response);
  const whole = { id: "resp_world", object: "response", created_at: 1, model: call.model ?? "model", output: [], usage: USAGE };
  send("response.created", { response: { ...whole, status: "in_progress" } });
  const outputs = (call.input ?? []).filter(({ type }) => type === "function_call_output").map(({ output }) => JSON.stringify(output));
  const due = CALLS[outputs.length];
  if (call.tools === undefined) sendText(send, "a title");
  else if (due === undefined) sendText(send, `turn-complete-marker ${outputs.join(" | ")} ${markersIn(call.input ?? [])}`);
  else sendCall(send, due, outputs.length);
  send("response.completed", { response: { ...whole, status: "completed" } });
  response.end();
}

const USAGE = {
  input_tokens: 10,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 5,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 15,
};

/** What of the instructions is the test's: words that begin with `prompt-marker` or `skill-marker`. */
function markersIn(input: readonly Item[]): string {
  return (
    JSON.stringify(input)
      .match(/\b(?:prompt|skill)-marker-[a-z0-9]+/g)
      ?.join(" ") ?? ""
  );
}

type Send = (type: string, data: object) => void;

function openStream(response: ServerResponse): Send {
  response.writeHead(200, { "content-type": "text/event-stream" });
  return (type, data) => void response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
}

function sendText(send: Send, text: string): void {
  const item = { type: "message", role: "assistant", id: "msg_world" };
  send("response.output_item.added", { output_index: 0, item: { ...item, status: "in_progress", content: [] } });
  send("response.output_text.delta", { item_id: item.id, output_index: 0, content_index: 0, delta: text });
  const content = [{ type: "output_text", text, annotations: [] }];
  send("response.output_item.done", { output_index: 0, item: { ...item, status: "completed", content } });
}

function sendCall(send: Send, { name, input }: (typeof CALLS)[number], number: number): void {
  const item = { type: "function_call", id: `fc_world_${number}`, call_id: `call_world_${number}`, name };
  const text = JSON.stringify(input);
  send("response.output_item.added", { output_index: 0, item: { ...item, status: "in_progress", arguments: "" } });
  send("response.function_call_arguments.delta", { item_id: item.id, output_index: 0, delta: text });
  send("response.output_item.done", { output_index: 0, item: { ...item, status: "completed", arguments: text } });
}
