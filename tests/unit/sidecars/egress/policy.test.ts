import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { addressAllowed } from "../../../../sidecars/egress/upstream/address-policy.ts";
import { HOST, httpUpstream, plainClient, Reader, rawUpstream, route, startEgress, tunnelClient } from "./harness.ts";
import { manualClock } from "./manual-clock.ts";

const get = (path: string, extra = "") => `GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\n${extra}\r\n`;
const auth = { scheme: "Bearer", tokenRef: "TOKEN" };

describe("EGR-3: credentials", () => {
  test("what the agent sends is stripped in every form the route names", async () => {
    const seen: string[] = [];
    await using upstream = await rawUpstream(async (socket) => {
      seen.push(await new Reader(socket).until("\r\n\r\n"));
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
    const strip = { headers: ["X-Api-Key"], queryKeys: ["key"], cookies: ["session"] };
    await using egress = await startEgress({ upstream, routes: [route({ strip })] });
    using client = await tunnelClient(egress);
    client.socket.write(
      get(
        "/p?key=agent1&q=1",
        "Authorization: agent2\r\nX-API-Key: agent3\r\nx_api_key: agent4\r\nProxy-Authorization: agent5\r\nCookie: session=agent6; a=b\r\nConnection: X-Hop\r\nX-Hop: agent7\r\nKeep: yes\r\n",
      ),
    );
    expect((await client.reader.answer()).status).toBe(200);
    expect(seen[0]).toBe(`GET /p?q=1 HTTP/1.1\r\nHost: ${HOST}\r\nCookie: a=b\r\nKeep: yes\r\n\r\n`);
  });

  test("inject: replace leaves requests without Authorization alone", async () => {
    const seen: (string | undefined)[] = [];
    await using upstream = await httpUpstream((request, response) => {
      seen.push(request.headers.authorization);
      response.end();
    });
    await using egress = await startEgress({
      upstream,
      routes: [route({ auth: { ...auth, inject: "replace" } })],
      secrets: { TOKEN: "t" },
    });
    using client = await tunnelClient(egress);
    client.socket.write(get("/"));
    await client.reader.until("\r\n\r\n");
    client.socket.write(get("/", "authorization: x\r\n"));
    await client.reader.until("\r\n\r\n");
    expect(seen).toEqual([undefined, "Bearer t"]);
  });

  test("SID-4: a missing credential is 503 until it is set, and again once it is removed", async () => {
    await using upstream = await httpUpstream((_request, response) => response.end());
    await using egress = await startEgress({ upstream, routes: [route({ auth })] });
    using client = await tunnelClient(egress);
    const status = async () => {
      client.socket.write(get("/"));
      return (await client.reader.answer()).status;
    };
    expect(await status()).toBe(503);
    egress.proxy.setSecrets({ TOKEN: "canary" });
    expect(await status()).toBe(200);
    egress.proxy.setSecrets({ TOKEN: null });
    expect(await status()).toBe(503);
    expect(egress.decisions[0]).toMatchObject({ rule: "credential-missing", status: 503, reason: expect.stringContaining("TOKEN") });
  });

  test.each(["a\r\nX: y", "a\nb", "a\0b", "é", "", " a", "a\x7f"])("a value such as %j is refused", async (value) => {
    await using egress = await startEgress({ upstream: { port: 1 }, routes: [route({ auth })], secrets: { TOKEN: value } });
    using client = await tunnelClient(egress);
    client.socket.write(get("/"));
    const answer = await client.reader.answer();
    expect(answer.status).toBe(503);
    expect(answer.body).toContain("no header can carry");
  });

  test("SEC-3: a canary is nowhere but at the upstream, and redirects are not followed", async () => {
    const canary = "canary-3f9a";
    await using upstream = await httpUpstream((_request, response) => response.writeHead(302, { location: "https://evil.example/" }).end());
    await using egress = await startEgress({ upstream, routes: [route({ auth })], secrets: { TOKEN: canary } });
    using client = await tunnelClient(egress);
    client.socket.write(get("/"));
    expect(await client.reader.until("\r\n\r\n")).toMatch(/302 Found[\s\S]*location: https:\/\/evil\.example\//);
    expect(inspect([egress.decisions, egress.proxy], { depth: 20 })).not.toContain(canary);
  });
});

describe("EGR-6: live reload", () => {
  test("a revoked host's tunnels are closed, idle and busy, others go on", async () => {
    await using upstream = await httpUpstream((request, response) => {
      response.write("begun");
      if (request.url === "/short") response.end();
    });
    const other = route({ host: "other.example.com" });
    await using egress = await startEgress({ upstream: upstream, routes: [route(), other] });
    const idle = await tunnelClient(egress);
    const busy = await tunnelClient(egress);
    busy.socket.write(get("/long"));
    await busy.reader.until("begun");
    egress.proxy.setTable({ revision: 2, routes: [other], grants: [] });
    await idle.reader.rest();
    await busy.reader.rest();
    expect(egress.decisions).toMatchObject([{ rule: "route-revoked", verdict: "refused", revision: 2, status: 200 }]);
    using late = await tunnelClient(egress);
    late.socket.write(get("/long"));
    expect(await late.reader.rest()).toContain("no-route");
  });

  test("what the new table still allows goes on in the same tunnel, decided anew", async () => {
    let finish: (() => void) | null = null;
    await using upstream = await httpUpstream((_request, response) => {
      response.write("begun");
      finish = () => response.end("ended");
    });
    await using egress = await startEgress({ upstream, routes: [route({ pathAllowlist: ["/a", "/b"] })] });
    using client = await tunnelClient(egress);
    client.socket.write(get("/a"));
    await client.reader.until("begun");
    egress.proxy.setTable({ revision: 2, routes: [route({ pathAllowlist: ["/a"] })], grants: [] });
    (finish as (() => void) | null)?.();
    await client.reader.until("0\r\n\r\n");
    client.socket.write(get("/b"));
    expect((await client.reader.answer()).status).toBe(403);
    expect(egress.decisions.map(({ rule }) => rule)).toEqual(["route", "path"]);
  });

  test("a request in flight that the new table refuses ends", async () => {
    await using upstream = await httpUpstream((_request, response) => response.write("begun"));
    await using egress = await startEgress({ upstream });
    using client = await tunnelClient(egress);
    client.socket.write(get("/b"));
    await client.reader.until("begun");
    egress.proxy.setTable({ revision: 2, routes: [route({ pathAllowlist: ["/a"] })], grants: [] });
    await client.reader.rest();
    expect(egress.decisions).toMatchObject([{ rule: "route-revoked" }]);
  });
});

describe("upstream verification", () => {
  test("a certificate of another host is refused", async () => {
    await using upstream = await httpUpstream((_request, response) => response.end(), "evil.example");
    await using egress = await startEgress({ upstream });
    using client = await tunnelClient(egress);
    client.socket.write(get("/"));
    expect((await client.reader.answer()).head).toContain("502 Bad Gateway (bot-bottle: upstream-certificate)");
  });

  test("EGR-9: an unknown root is refused unless it is an extra one", async () => {
    await using upstream = await httpUpstream((_request, response) => response.end());
    await using egress = await startEgress({ upstream, extraCa: null });
    using client = await tunnelClient(egress);
    client.socket.write(get("/"));
    expect((await client.reader.answer()).head).toContain("upstream-certificate");
  });

  test("an address that no bottle may reach is refused", async () => {
    await using upstream = await httpUpstream((_request, response) => response.end());
    await using egress = await startEgress({ upstream, routes: [route({ pipelock: {} })] });
    using client = await tunnelClient(egress);
    client.socket.write(get("/"));
    expect(await client.reader.answer()).toMatchObject({ status: 403, body: expect.stringContaining("Rule: address-refused.") });
  });

  test("an unreachable host is 502 and the connection stays", async () => {
    await using egress = await startEgress({ upstream: { port: 1 } });
    using client = await tunnelClient(egress);
    for (let round = 0; round < 2; round += 1) {
      client.socket.write(get("/"));
      expect(await client.reader.answer()).toMatchObject({ status: 502, body: expect.stringContaining("ECONNREFUSED") });
    }
  });

  test.each([
    ["127.0.0.1", 4, [], false],
    ["127.9.9.9", 4, ["127.0.0.0/8"], true],
    ["169.254.169.254", 4, [], false],
    ["169.254.169.254", 4, ["169.254.169.254"], true],
    ["0.0.0.0", 4, [], false],
    ["224.0.0.1", 4, [], false],
    ["255.255.255.255", 4, [], false],
    ["100.100.100.200", 4, [], false],
    ["10.0.0.1", 4, [], true],
    ["192.168.1.1", 4, [], true],
    ["93.184.216.34", 4, [], true],
    ["::1", 6, [], false],
    ["::", 6, [], false],
    ["fe80::1", 6, [], false],
    ["ff02::1", 6, [], false],
    ["fd00:ec2::254", 6, [], false],
    ["fd12::1", 6, [], true],
    ["::ffff:127.0.0.1", 6, [], false],
    ["::ffff:7f00:1", 6, [], false],
    ["::7f00:1", 6, [], false],
    ["64:ff9b::169.254.169.254", 6, [], false],
    ["2002:7f00:1::", 6, [], false],
    ["2606:2800:220:1::1", 6, [], true],
  ] as const)("address %s (%i) with %j: %s", (address, family, allowlist, allowed) => {
    expect(addressAllowed({ address, family }, allowlist)).toBe(allowed);
  });
});

describe("limits", () => {
  test("a head that never ends is cut (slow loris)", async () => {
    const clock = manualClock();
    await using egress = await startEgress({ upstream: { port: 1 }, clock: { ...clock, wall: () => Date.now() } });
    using client = await tunnelClient(egress);
    client.socket.write("GET / HTTP/1.1\r\nX: ");
    using plain = await plainClient(egress);
    plain.socket.write("CONNECT ");
    // The bytes have arrived once a later connection has been answered.
    using later = await plainClient(egress);
    later.socket.write("GET / HTTP/1.1\r\n\r\n");
    await later.reader.rest();
    clock.advance(16_000);
    expect(await client.reader.rest()).toContain("408");
    expect(await plain.reader.rest()).toBe("");
  });

  test("an upstream that stays silent ends as 504", async () => {
    const asked = Promise.withResolvers<void>();
    await using upstream = await httpUpstream(() => asked.resolve());
    const clock = manualClock();
    await using egress = await startEgress({ upstream, clock: { ...clock, wall: () => Date.now() } });
    using client = await tunnelClient(egress);
    client.socket.write(get("/"));
    await asked.promise;
    clock.advance(900_001);
    expect((await client.reader.answer()).status).toBe(504);
  });
});
