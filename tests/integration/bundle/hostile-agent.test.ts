import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BundleFolder } from "../../support/bundle/bundle-folder.ts";
import { BundleProcess } from "../../support/bundle/bundle-process.ts";
import { ControlPeer } from "../../support/bundle/control-peer.ts";
import { McpPeer } from "../../support/bundle/mcp-peer.ts";

describe("supervise against a hostile agent (SUP-1, SUP-3)", () => {
  const stack = new AsyncDisposableStack();
  let bundle: BundleProcess;
  let folder: BundleFolder;

  beforeAll(async () => {
    folder = stack.use(await BundleFolder.create({ responseTimeoutSeconds: 0.02 }));
    bundle = stack.use(await BundleProcess.start(folder));
    await ControlPeer.greeted(folder.socket).then((peer) => peer[Symbol.asyncDispose]());
  });
  afterAll(() => stack.disposeAsync());

  function send(parts: {
    method?: string;
    path?: string;
    headers?: Record<string, string>;
    body?: string | Buffer;
  }): Promise<{ status: number; body: string }> {
    const done = Promise.withResolvers<{ status: number; body: string }>();
    const { method = "POST", path = "/mcp", headers = {}, body } = parts;
    const outgoing = httpRequest(
      {
        host: "127.0.0.1",
        port: bundle.supervisePort,
        method,
        path,
        headers: { "content-type": "application/json", ...headers },
        agent: false,
      },
      (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => {
          text += chunk.toString();
        });
        response.on("end", () => done.resolve({ status: response.statusCode ?? 0, body: text }));
        response.on("error", done.reject);
      },
    );
    outgoing.on("error", done.reject);
    outgoing.end(body);
    return done.promise;
  }

  function rpc(method: string, params: unknown = {}, id: unknown = 1): string {
    return JSON.stringify({ jsonrpc: "2.0", id, method, params });
  }

  test.each([
    ["GET", { method: "GET" }, 405],
    ["DELETE", { method: "DELETE" }, 405],
    ["another path", { path: "/", body: "{}" }, 404],
    ["a path that only begins like ours", { path: "/mcp/../admin", body: "{}" }, 404],
    ["a web page's Origin", { headers: { origin: "http://evil.example" }, body: "{}" }, 403],
    ["another content type", { headers: { "content-type": "text/plain" }, body: "{}" }, 415],
    ["no JSON", { body: "{" }, 400],
    ["NaN", { body: '{"jsonrpc":"2.0","id":NaN,"method":"ping"}' }, 400],
    ["JSON that is no message", { body: "[]" }, 400],
    ["nesting without end", { body: "[".repeat(100_000) }, 400],
    [
      "deep but closed nesting",
      { body: `{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}}` },
      400,
    ],
    ["a null id", { body: rpc("ping", {}, null) }, 400],
  ])("%s is answered cleanly", async (_what, parts, status) => {
    expect((await send(parts)).status).toBe(status);
  });

  test("a body of 10 MB is refused, whether its length was told or not", async () => {
    const body = Buffer.alloc(10 * 1024 * 1024, 0x20);
    for (const headers of [{ "content-length": String(body.length) }, { "transfer-encoding": "chunked" }]) {
      // The answer may be overtaken by the reset of a connection that is still being written to.
      const outcome = await send({ body, headers }).then(
        ({ status }) => status,
        (error: NodeJS.ErrnoException) => error.code,
      );
      expect([413, "ECONNRESET", "EPIPE"]).toContain(outcome);
    }
    expect((await send({ body: rpc("ping") })).status).toBe(200);
  });

  test("a method that is not known is -32601, as the probe of real clients expects", async () => {
    expect(JSON.parse((await send({ body: rpc("server/discover") })).body)).toMatchObject({ id: 1, error: { code: -32601 } });
  });

  test("two clients that number their calls alike get their own answers", async () => {
    const calls = ["list-egress-routes", "proposal-status"].map((name) =>
      send({ body: rpc("tools/call", { name, arguments: name === "proposal-status" ? { id: "x" } : {} }, 1) }),
    );
    const [routes, status] = (await Promise.all(calls)).map(({ body }) => JSON.parse(body));
    expect(routes.result.structuredContent).toMatchObject({ revision: 1 });
    expect(status.result.structuredContent).toMatchObject({ status: "unknown" });
  });

  test("a proposal of another bottle, or of no bottle, is unknown here", async () => {
    await using agent = await McpPeer.connect(bundle.supervisePort);
    expect(await agent.call("proposal-status", { id: "other-aaaaa.1" })).toMatchObject({ isError: true });
    expect(await agent.call("__proto__", {}).catch((error: { code: number }) => error.code)).toBe(-32602);
  });

  test("more proposals than an operator can read are refused with what to do", async () => {
    await using agent = await McpPeer.connect(bundle.supervisePort);
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) => agent.egressBlock({ host: `flood-${index}.example.org`, justification: "flood" })),
    );
    expect(answers.filter(({ structuredContent }) => structuredContent.status === "pending").length).toBeLessThanOrEqual(20);
    expect(answers.filter(({ isError }) => isError).every(({ text }) => /wait/.test(text))).toBe(true);
    await using operator = await ControlPeer.greeted(folder.socket);
    expect(operator.ready.proposals.length).toBeLessThanOrEqual(20);
  });

  test("routes are listed without token refs (EGR-8)", async () => {
    await using agent = await McpPeer.connect(bundle.supervisePort);
    const routes = await agent.call("list-egress-routes", {});
    expect(JSON.stringify(routes)).not.toMatch(/tokenRef|token_ref/);
  });
});
