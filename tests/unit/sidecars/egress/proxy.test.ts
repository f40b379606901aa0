import { describe, expect, test } from "vitest";
import { bodyOf, HOST, httpUpstream, plainClient, route, startEgress, tunnelClient } from "./harness.ts";

const get = (path: string, extra = "") => `GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\n${extra}\r\n`;

describe("EGR-1 EGR-3: what passes", () => {
  test("forwards a permitted request, injects the credential and keeps the connection", async () => {
    const seen: string[] = [];
    await using upstream = await httpUpstream((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization} ${request.headers.host}`);
      response.end("hello");
    });
    const auth = { scheme: "Bearer", tokenRef: "TOKEN" };
    await using egress = await startEgress({ upstream, routes: [route({ auth })], secrets: { TOKEN: "canary-1" } });
    using client = await tunnelClient(egress);
    for (const path of ["/a?x=1", "/b"]) {
      client.socket.write(get(path, "Authorization: Bearer placeholder\r\n"));
      const answer = await client.reader.answer();
      expect(answer).toMatchObject({ status: 200, body: "hello" });
    }
    expect(seen).toEqual([`GET /a?x=1 Bearer canary-1 ${HOST}`, `GET /b Bearer canary-1 ${HOST}`]);
    const decision = await egress.decision(({ path }) => path === "/a?x=…");
    expect(decision).toMatchObject({ verdict: "allowed", rule: "route", tokenRef: "TOKEN", status: 200, method: "GET", host: HOST });
    expect(JSON.stringify(egress.decisions)).not.toContain("canary");
  });

  test("streams a POST body both ways", async () => {
    await using upstream = await httpUpstream(async (request, response) => {
      response.end(`got ${await bodyOf(request)}`);
    });
    await using egress = await startEgress({ upstream });
    using client = await tunnelClient(egress);
    client.socket.write(`POST /x HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 5\r\n\r\nhello`);
    expect((await client.reader.answer()).body).toBe("got hello");
    client.socket.write(`POST /x HTTP/1.1\r\nHost: ${HOST}\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`);
    expect((await client.reader.answer()).body).toBe("got abc");
  });
});

describe("EGR-4: what is refused", () => {
  test("a request to an unlisted host is answered in words, with method and path in the event", async () => {
    await using egress = await startEgress({ upstream: { port: 1 } });
    using client = await tunnelClient(egress, { host: "blocked.example.org" });
    client.socket.write("GET /p-retry?key=secret HTTP/1.1\r\nHost: blocked.example.org\r\n\r\n");
    const answer = await client.reader.rest();
    expect(answer).toMatch(/^HTTP\/1\.1 403 Forbidden \(bot-bottle: no-route\)\r\n/);
    expect(answer).toContain("403 bot-bottle: no route for blocked.example.org. Rule: no-route.");
    expect(answer).toContain("egress-block");
    expect(egress.decisions).toMatchObject([
      { verdict: "refused", rule: "no-route", host: "blocked.example.org", method: "GET", path: "/p-retry?key=…", status: 403 },
    ]);
  });

  test.each([["blocked.example.org"], [`x.${HOST}`]])("a tunnel to %s that is left before a request leaves one event", async (host) => {
    await using egress = await startEgress({ upstream: { port: 1 } });
    const quiet = await plainClient(egress);
    quiet.socket.write(`CONNECT ${host}:443 HTTP/1.1\r\n\r\n`);
    await quiet.reader.until("established\r\n\r\n");
    quiet.socket.destroy();
    await egress.decision(({ rule, host: asked, status }) => rule === "no-route" && asked === host && status === null);
    const silent = await tunnelClient(egress, { host });
    silent.socket.destroy();
    await egress.decision(({ rule }) => rule === "no-route");
  });

  test("a refused path leaves the connection usable", async () => {
    await using upstream = await httpUpstream((_request, response) => response.end("ok"));
    await using egress = await startEgress({ upstream, routes: [route({ pathAllowlist: ["/api"] })] });
    using client = await tunnelClient(egress);
    client.socket.write(get("/other?key=secret"));
    const refused = await client.reader.answer();
    expect(refused.status).toBe(403);
    expect(refused.body).toContain("Rule: path.");
    client.socket.write(get("/api/x"));
    expect((await client.reader.answer()).status).toBe(200);
    expect(egress.decisions[0]).toMatchObject({ rule: "path", path: "/other?key=…", status: 403 });
  });
});
