import { once } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { JSONRPCMessage, JSONRPCRequest } from "@modelcontextprotocol/sdk/types.js";
import { log, messageOf } from "../kit/log.ts";
import type { Exchange, ExchangeTransport } from "./exchange-transport.ts";
import { parseJsonMessage } from "./json-message.ts";
import type { McpCore } from "./mcp-core.ts";
import { readBody } from "./request-body.ts";

const PATH = "/mcp";
/** A proposal is a few kilobytes; whoever sends more wants to fill memory. */
const MAX_BODY_BYTES = 256 * 1024;
const MAX_CONNECTIONS = 64;
const REQUEST_MS = 15_000;
/** Comments on a stream that waits, so that nothing between us and the agent takes it for dead. */
const KEEP_ALIVE_MS = 15_000;

const RPC = { parseError: -32700, invalidRequest: -32600 } as const;

/** The HTTP side of supervise: `POST /mcp` in the agent's reach, so every byte of it is hostile (SUP-1, SUP-3). */
export class McpEndpoint implements AsyncDisposable {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** `core` is asked for with the first message: a bottle whose agent speaks no MCP does without its megabytes. */
  static async listen(host: string, port: number, core: () => Promise<McpCore>): Promise<McpEndpoint> {
    const server = createServer(
      { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS, maxHeaderSize: 16 * 1024 },
      (request, response) => {
        serve(request, response, core).catch((error: unknown) => {
          log("error", "mcp-request-failed", { reason: messageOf(error) });
          response.destroy();
        });
      },
    );
    server.maxConnections = MAX_CONNECTIONS;
    server.listen(port, host);
    await once(server, "listening");
    return new McpEndpoint(server);
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** Lets exchanges end that are about to; cuts what is open after `graceMs`. */
  async close(graceMs: number): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    const cut = setTimeout(() => this.#server.closeAllConnections(), graceMs);
    await closed;
    clearTimeout(cut);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close(0);
  }
}

async function serve(request: IncomingMessage, response: ServerResponse, core: () => Promise<McpCore>): Promise<void> {
  const refusal = headRefusal(request);
  if (refusal !== null) return refuse(response, refusal.status, RPC.invalidRequest, refusal.reason);
  const body = await readBody(request, MAX_BODY_BYTES);
  if (body === "aborted") return;
  if (body === "too-large") return refuse(response, 413, RPC.invalidRequest, `the body must not exceed ${MAX_BODY_BYTES} bytes`);
  const value = parseJsonMessage(body);
  if (value === undefined) return refuse(response, 400, RPC.parseError, "the body is not JSON, or is nested too deep");
  const { transport, parse } = await core();
  const message = parse(value);
  if (message === null) return refuse(response, 400, RPC.invalidRequest, "the body is not one JSON-RPC 2.0 message");
  if ("method" in message && "id" in message) return exchange(request, response, message, transport);
  if ("method" in message) transport.notification(message);
  response.writeHead(202).end();
}

function headRefusal({ method, url, headers }: IncomingMessage): { status: number; reason: string } | null {
  if ((url ?? "").split("?", 1)[0] !== PATH) return { status: 404, reason: `there is only ${PATH} here` };
  if (method !== "POST") return { status: 405, reason: "only POST is answered here" };
  // Only a web page's script sends Origin: a browser in the bottle must not be turned against the operator's inbox.
  if (headers.origin !== undefined) return { status: 403, reason: "requests of web pages are not answered" };
  const type = headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/json") return { status: 415, reason: "Content-Type must be application/json" };
  return null;
}

function exchange(request: IncomingMessage, response: ServerResponse, message: JSONRPCRequest, transport: ExchangeTransport): void {
  const streams = message.method === "tools/call" && (request.headers.accept ?? "").includes("text/event-stream");
  const hangUp = transport.request(message, streams ? eventStream(response) : singleAnswer(response));
  response.on("close", hangUp);
}

/** For what is answered at once. */
function singleAnswer(response: ServerResponse): Exchange {
  return {
    notify: () => undefined,
    answer: (message) => void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(message)),
  };
}

/** For a call that may wait for the operator: clients give streams more time than plain answers. */
function eventStream(response: ServerResponse): Exchange {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache, no-transform" });
  response.flushHeaders();
  const keepAlive = setInterval(() => response.write(": waiting\n\n"), KEEP_ALIVE_MS);
  response.on("close", () => clearInterval(keepAlive));
  const write = (message: JSONRPCMessage): boolean => response.write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
  return {
    notify: write,
    answer: (message) => {
      write(message);
      response.end();
    },
  };
}

function refuse(response: ServerResponse, status: number, code: number, reason: string): void {
  const allow = status === 405 ? { allow: "POST" } : {};
  const body = JSON.stringify({ jsonrpc: "2.0", id: null, error: { code, message: reason } });
  // What is left of the request is not read: the connection has no use any more.
  response.writeHead(status, { "content-type": "application/json", connection: "close", ...allow }).end(body);
}
