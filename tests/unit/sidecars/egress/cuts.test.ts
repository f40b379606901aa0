import { once } from "node:events";
import type { TLSSocket } from "node:tls";
import { describe, expect, test } from "vitest";
import type { Egress } from "./harness.ts";
import { HOST, httpUpstream, Reader, rawUpstream, route, startEgress, tunnelClient } from "./harness.ts";

const OTHER = "other.example.com";
const get = (path: string, host = HOST, extra = "") => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${extra}\r\n`;
const authOf = (tokenRef: string, inject = "always") => ({ auth: { scheme: "Bearer", tokenRef, inject } });
const secrets = { TOKEN: "canary-1234", OTHER: "canary-5678" };
const NOTHING = { all: false, refs: [] };

async function statusOf(egress: Egress, host = HOST): Promise<number> {
  using client = await tunnelClient(egress, { host });
  client.socket.write(get("/", host));
  return Number((await client.reader.until("\r\n\r\n")).slice(9, 12));
}

describe("EGR-7: the kill switch", () => {
  test("no request gets what is cut, the agent reads why, and it comes back when it is let in again", async () => {
    await using upstream = await httpUpstream((_request, response) => response.end());
    await using egress = await startEgress({ upstream, routes: [route(authOf("TOKEN"))], secrets });
    expect(await statusOf(egress)).toBe(200);
    egress.proxy.setCuts({ all: false, refs: ["TOKEN"] });
    using client = await tunnelClient(egress);
    client.socket.write(get("/"));
    const { status, head, body } = await client.reader.answer();
    expect(status).toBe(403);
    expect(head).toContain("bot-bottle: credential-cut");
    expect(body).toContain("the operator has cut off the credential TOKEN");
    expect(body).toContain("tell the operator");
    expect(body).not.toContain("egress-block");
    egress.proxy.setCuts(NOTHING);
    expect(await statusOf(egress)).toBe(200);
  });

  test("one credential, all, and from the start", async () => {
    await using upstream = await httpUpstream((_request, response) => response.end());
    const routes = [route(authOf("TOKEN")), route({ host: OTHER, ...authOf("OTHER") })];
    const resolve = async () => [{ address: "127.0.0.1", family: 4 as const }];
    await using egress = await startEgress({ upstream, routes, secrets, resolve, policy: { cuts: { all: false, refs: ["TOKEN"] } } });
    expect(await statusOf(egress)).toBe(403);
    egress.proxy.setCuts({ all: true, refs: [] });
    expect(await statusOf(egress, OTHER)).toBe(403);
    egress.proxy.setCuts({ all: false, refs: ["OTHER"] });
    expect(await statusOf(egress)).toBe(200);
  });

  test("a route whose credential is cut passes nothing, not even what would have gone without it", async () => {
    await using egress = await startEgress({ upstream: { port: 1 }, routes: [route(authOf("TOKEN", "replace"))], secrets });
    egress.proxy.setCuts({ all: false, refs: ["TOKEN"] });
    expect(await statusOf(egress)).toBe(403);
  });

  test("exchanges and idle connections that got it are closed before it returns", async () => {
    const busy = Promise.withResolvers<TLSSocket>();
    const idle = Promise.withResolvers<TLSSocket>();
    await using upstream = await rawUpstream(async (socket) => {
      const head = await new Reader(socket).until("\r\n\r\n");
      const isIdle = head.includes("GET /idle");
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${isIdle ? 0 : 100}\r\n\r\n${isIdle ? "" : "begun"}`);
      (isIdle ? idle : busy).resolve(socket);
    });
    await using egress = await startEgress({ upstream, routes: [route(authOf("TOKEN"))], secrets });
    using streaming = await tunnelClient(egress);
    streaming.socket.write(get("/busy"));
    await streaming.reader.until("begun");
    using kept = await tunnelClient(egress);
    kept.socket.write(get("/idle"));
    await kept.reader.answer();
    const closed = [once(await idle.promise, "close"), once(await busy.promise, "close")];
    egress.proxy.setCuts({ all: false, refs: ["TOKEN"] });
    expect(egress.decisions.at(-1)).toMatchObject({ rule: "credential-cut", tokenRef: "TOKEN", status: 200 });
    await Promise.all(closed);
    await streaming.reader.rest();
    kept.socket.write(get("/idle"));
    expect((await kept.reader.answer()).status).toBe(403);
  });

  test("an exchange without a credential is not touched", async () => {
    let finish: (() => void) | null = null;
    await using upstream = await httpUpstream((_request, response) => {
      response.write("begun");
      finish = () => response.end("ended");
    });
    await using egress = await startEgress({ upstream, routes: [route(), route({ host: OTHER, ...authOf("OTHER") })], secrets });
    using client = await tunnelClient(egress);
    client.socket.write(get("/"));
    await client.reader.until("begun");
    egress.proxy.setCuts({ all: true, refs: [] });
    (finish as (() => void) | null)?.();
    expect(await client.reader.until("0\r\n\r\n")).toContain("ended");
  });

  test("a relayed WebSocket that got it ends", async () => {
    await using upstream = await rawUpstream(async (socket) => {
      await new Reader(socket).until("\r\n\r\n");
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
      socket.write(Buffer.from([0x81, 2, 0x68, 0x69]));
    });
    await using egress = await startEgress({ upstream, routes: [route({ websocket: true, ...authOf("TOKEN") })], secrets });
    using client = await tunnelClient(egress);
    client.socket.write(get("/", HOST, "Connection: Upgrade\r\nUpgrade: websocket\r\n"));
    await client.reader.until("hi");
    egress.proxy.setCuts({ all: false, refs: ["TOKEN"] });
    await client.reader.rest();
    expect(egress.decisions).toMatchObject([{ rule: "credential-cut" }]);
  });
});
