/**
 * The outside internet of the tests: one TLS server that plays every host it has a certificate for. It runs inside a
 * container of its own on a bottle's egress network, so it uses nothing but Node, and it reports each request that reaches
 * it as one JSON line on standard output.
 */
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { answerFunctions } from "./functions-api.ts";
import { answerMessages } from "./messages-api.ts";
import { answerResponses } from "./responses-api.ts";

const server = createServer({ cert: readFileSync("/world/cert.pem"), key: readFileSync("/world/key.pem") }, (request, response) => {
  readBody(request).then(
    (body) => {
      report(request, body);
      answer(request, response, body);
    },
    () => request.destroy(),
  );
});
server.on("clientError", (_error, socket) => socket.destroy());
server.listen(443, "0.0.0.0", () => console.log(JSON.stringify({ listening: true })));

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function report(request: IncomingMessage, body: Buffer): void {
  console.log(
    JSON.stringify({
      host: request.headers.host,
      method: request.method,
      url: request.url,
      headers: request.headers,
      bodyBytes: body.byteLength,
    }),
  );
}

function answer(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const url = new URL(request.url ?? "/", "https://world.invalid");
  if (request.headers.host === "api.anthropic.com") return answerMessages(request, response, body);
  if (request.headers.host === "api.openai.com") return answerFunctions(request, response, body);
  if (request.headers.host === "chatgpt.com") return answerResponses(request, response, body);
  if (url.pathname === "/redirect") return void response.writeHead(302, { location: url.searchParams.get("to") ?? "/" }).end();
  if (url.pathname.endsWith("/echo")) return sendEcho(request, response, body);
  if (url.pathname === "/events") return sendEvents(response);
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ host: request.headers.host, method: request.method, path: request.url, bodyBytes: body.byteLength }));
}

/** A server that says what it was sent, in its head, its body and its trailers. */
function sendEcho(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const sent = request.headers.authorization ?? "";
  response.writeHead(200, { "content-type": "text/plain", "x-echo": sent, trailer: "x-echo-late" });
  response.write(JSON.stringify(request.headers));
  response.write(Buffer.from(sent).toString("base64"));
  response.write(encodeURIComponent(sent));
  response.addTrailers({ "x-echo-late": sent });
  response.end(body);
}

function sendEvents(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const number of [1, 2, 3]) response.write(`data: event ${number}\n\n`);
  response.end();
}
