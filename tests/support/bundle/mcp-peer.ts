import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Progress } from "@modelcontextprotocol/sdk/types.js";

export interface ToolAnswer {
  readonly text: string;
  readonly isError: boolean;
  readonly structuredContent: Readonly<Record<string, unknown>>;
}

/** An agent's MCP client: the official SDK's, over real HTTP. */
export class McpPeer implements AsyncDisposable {
  readonly client: Client;

  private constructor(client: Client) {
    this.client = client;
  }

  static async connect(port: number, host = "127.0.0.1"): Promise<McpPeer> {
    const client = new Client({ name: "agent", version: "1" });
    // The SDK's own types disagree with exact optional properties.
    await client.connect(new StreamableHTTPClientTransport(new URL(`http://${host}:${port}/mcp`)) as Parameters<Client["connect"]>[0]);
    return new McpPeer(client);
  }

  egressBlock(args: Record<string, unknown>): Promise<ToolAnswer> {
    return this.call("egress-block", args);
  }

  async call(name: string, args: Record<string, unknown>, onprogress?: (progress: Progress) => void): Promise<ToolAnswer> {
    const result = await this.client.callTool({ name, arguments: args }, undefined, onprogress === undefined ? {} : { onprogress });
    const content = result.content as { text?: string }[];
    return {
      text: content.map(({ text }) => text ?? "").join("\n"),
      isError: result.isError === true,
      structuredContent: (result.structuredContent ?? {}) as Record<string, unknown>,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
  }
}
