import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { JSONRPCMessageSchema } from "@modelcontextprotocol/sdk/types.js";
import { ExchangeTransport } from "./exchange-transport.ts";
import type { McpServerOptions } from "./mcp-server.ts";
import { createMcpServer } from "./mcp-server.ts";

/** The part of supervise that knows the protocol: what the HTTP side needs of the SDK. */
export interface McpCore {
  readonly transport: ExchangeTransport;
  /** One JSON-RPC message; null when the value is none. */
  parse(value: unknown): JSONRPCMessage | null;
}

/** A server for any number of clients. */
export async function createMcpCore(options: McpServerOptions): Promise<McpCore> {
  const transport = new ExchangeTransport();
  await createMcpServer(options).connect(transport);
  return { transport, parse: (value) => JSONRPCMessageSchema.safeParse(value).data ?? null };
}
