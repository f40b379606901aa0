import { MessageChannel } from "node:worker_threads";
import type { Progress } from "@modelcontextprotocol/sdk/types.js";
import { describe, expect, test } from "vitest";
import type { Proposal } from "#common/domain/proposal.ts";
import { FromSuperviseWorker } from "../../../../sidecars/kit/supervise-worker.ts";
import { InitLink } from "../../../../sidecars/supervise/init-link.ts";
import { createMcpCore } from "../../../../sidecars/supervise/mcp-core.ts";
import { McpEndpoint } from "../../../../sidecars/supervise/mcp-endpoint.ts";
import { route, SLUG } from "../../../support/bundle/bundle-folder.ts";
import { McpPeer } from "../../../support/bundle/mcp-peer.ts";

const auth = { scheme: "Bearer", tokenRef: "CANARY_REF", inject: "always" } as const;

/** An endpoint whose init is this test: what is filed is queued under one id. */
async function fixture(
  routes = [route("a.example", { auth })],
): Promise<{ port: number; link: InitLink; proposal: Promise<Proposal> } & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const channel = new MessageChannel();
  stack.defer(() => channel.port1.close());
  const link = new InitLink(channel.port1);
  const filed = Promise.withResolvers<Proposal>();
  channel.port2.on("message", (message: unknown) => {
    const parsed = FromSuperviseWorker.parse(message);
    if (parsed.type === "routes")
      return link.receive({ type: "routes", callId: parsed.callId, table: { revision: 3, routes, grants: [] } });
    if (parsed.type !== "file") return;
    const { request, justification } = parsed;
    const proposal: Proposal = {
      id: `${SLUG}.1`,
      slug: SLUG,
      tool: "egress-block",
      createdAt: "2026-01-01T00:00:00.000Z",
      status: "pending",
      digest: "0".repeat(64),
      request,
      justification,
      decision: null,
      failure: null,
    };
    link.receive({ type: "filing", callId: parsed.callId, outcome: { kind: "queued", proposal, joined: false } });
    filed.resolve(proposal);
  });
  const options = { link, responseTimeoutMs: 60_000, progressMs: 5, closing: new AbortController().signal, capability: false };
  const endpoint = stack.use(await McpEndpoint.listen("127.0.0.1", 0, () => createMcpCore(options)));
  const owned = stack.move();
  return { port: endpoint.port, link, proposal: filed.promise, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

describe("supervise as the SDK's client sees it (SUP-1, SUP-2)", () => {
  test("a client that asks for progress hears of it while the operator thinks, then what was really allowed", async () => {
    await using supervise = await fixture([route("b.example.org", { methods: ["GET"] })]);
    await using agent = await McpPeer.connect(supervise.port);
    const heard = Promise.withResolvers<Progress>();
    const call = agent.call("egress-block", { host: "b.example.org", justification: "please" }, heard.resolve);
    const proposal = await supervise.proposal;
    expect(await heard.promise).toMatchObject({ message: "waiting for the operator's decision" });
    supervise.link.receive({
      type: "decided",
      proposal: {
        ...proposal,
        status: "approved",
        decision: {
          verdict: "approved",
          decidedAt: proposal.createdAt,
          by: "op",
          note: "only reading",
          seenRevision: 3,
          appliedRevision: 4,
          applied: { kind: "egress-route", host: "b.example.org", methods: ["GET"], pathAllowlist: [], auth: null },
          scope: { kind: "bottle" },
          rule: null,
        },
      },
    });
    const answer = await call;
    expect(answer.text).toContain("The operator changed the request");
    expect(answer.text).toContain("Operator's note: only reading");
    expect(answer.structuredContent).toMatchObject({ status: "approved", edited: true, revision: 4, allowed: { methods: ["GET"] } });
  });

  test("the agent learns of schemes, never of token refs (EGR-8)", async () => {
    await using supervise = await fixture();
    await using agent = await McpPeer.connect(supervise.port);
    const routes = await agent.call("list-egress-routes", {});
    expect(routes.structuredContent).toMatchObject({ revision: 3, routes: [{ host: "a.example", auth_scheme: "Bearer" }] });
    expect(JSON.stringify(routes)).not.toContain("CANARY_REF");
  });

  test("every tool says what it takes", async () => {
    await using supervise = await fixture();
    await using agent = await McpPeer.connect(supervise.port);
    const { tools } = await agent.client.listTools();
    for (const tool of tools) {
      expect(tool.description?.length).toBeGreaterThan(40);
      expect(tool.inputSchema.type).toBe("object");
    }
    expect(tools[0]?.inputSchema.required).toEqual(["host", "justification"]);
  });
});
