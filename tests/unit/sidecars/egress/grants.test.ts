import { describe, expect, test } from "vitest";
import type { Grant, GrantLimit, Route, RouteTable } from "#common/domain/route.ts";
import { sampleOf } from "./content/samples.ts";
import type { Egress } from "./harness.ts";
import { HOST, httpUpstream, Reader, rawUpstream, route, startEgress, tunnelClient } from "./harness.ts";
import { ask as askHttp2, http2Client } from "./http2-client.ts";
import { manualClock } from "./manual-clock.ts";

const MINUTE = 60_000;
const NOON = "2026-11-22T12:00:00.000Z";
const get = (path: string, host = HOST) => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;

function grant(id: string, limit: GrantLimit, more: Record<string, unknown> = {}): Grant {
  return { id, route: route(more), limit, grantedAt: NOON, by: "operator" };
}

const minutes = (count: number): GrantLimit => ({ kind: "until", at: new Date(Date.parse(NOON) + count * MINUTE).toISOString() });
const requests = (granted: number, left = granted): GrantLimit => ({ kind: "requests", granted, left });
const table = (revision: number, grants: Grant[], routes: Route[] = []): RouteTable => ({ revision, routes, grants });

async function ask(egress: Egress, path: string) {
  using client = await tunnelClient(egress);
  client.socket.write(get(path));
  return await client.reader.answer();
}

describe("SUP-5 EGR-6: a grant for a time", () => {
  test("lists its host, is named in events, and ends without anybody's doing", async () => {
    await using upstream = await httpUpstream((_request, response) => response.end("ok"));
    const clock = manualClock(NOON);
    await using egress = await startEgress({ upstream, clock, routes: [], grants: [grant("demo-abcde.1", minutes(1))] });
    using client = await tunnelClient(egress);
    client.socket.write(get("/a"));
    expect(await client.reader.until("ok")).toContain("200 OK");
    await egress.decision(({ grantId, verdict }) => grantId === "demo-abcde.1" && verdict === "allowed");
    clock.advance(MINUTE);
    // The tunnel that it was open for is closed, and a new one says why.
    await client.reader.rest();
    const { status, body } = await ask(egress, "/a");
    expect(status).toBe(403);
    expect(body).toContain(`the grant for ${HOST} ended at 2026-11-22T12:01:00.000Z`);
    expect(body).toContain("ask with the supervise tool egress-block");
  });

  test("is asked about the time at each request, before any sweep", async () => {
    await using upstream = await httpUpstream((_request, response) => response.end("ok"));
    const clock = manualClock(NOON);
    let moved = 0;
    const late = { ...clock, wall: () => clock.wall() + moved };
    await using egress = await startEgress({
      upstream,
      clock: late,
      routes: [route({ pathAllowlist: ["/always"] })],
      grants: [grant("g", minutes(5))],
    });
    using client = await tunnelClient(egress);
    client.socket.write(get("/a"));
    await client.reader.until("ok");
    moved = 5 * MINUTE;
    client.socket.write(get("/a"));
    expect(await client.reader.answer()).toMatchObject({ status: 403, body: expect.stringContaining("ended at") });
    client.socket.write(get("/always"));
    expect(await client.reader.until("ok")).toContain("200 OK");
    await egress.decision(({ rule, reason }) => rule === "path" && reason.includes("ended at"));
  });

  test("a stream that began under it is cut when it ends", async () => {
    await using upstream = await httpUpstream((_request, response) => response.write("begun"));
    const clock = manualClock(NOON);
    await using egress = await startEgress({ upstream, clock, routes: [], grants: [grant("g", minutes(5))] });
    using client = await tunnelClient(egress);
    client.socket.write(get("/long"));
    await client.reader.until("begun");
    clock.advance(4 * MINUTE);
    expect(client.socket.destroyed).toBe(false);
    clock.advance(MINUTE);
    await client.reader.rest();
    expect(egress.decisions).toMatchObject([{ rule: "route-revoked", grantId: "g", reason: expect.stringContaining("ended at") }]);
  });

  test("its end is not missed where the table is replaced at that moment", async () => {
    await using upstream = await httpUpstream((_request, response) => void response.write("begun"));
    const clock = manualClock(NOON);
    let late = 0;
    const skewed = { ...clock, wall: () => clock.wall() + late };
    const grants = [grant("g", minutes(1))];
    await using egress = await startEgress({ upstream, clock: skewed, routes: [], grants });
    using client = await tunnelClient(egress);
    client.socket.write(get("/a"));
    await client.reader.until("begun");
    late = MINUTE;
    egress.proxy.setTable(table(2, grants));
    await client.reader.rest();
    expect(await egress.decision(({ path }) => path === "/a")).toMatchObject({ rule: "route-revoked", grantId: "g" });
  });

  test("a stream that another route allows as well goes on", async () => {
    let finish: (() => void) | null = null;
    await using upstream = await httpUpstream((_request, response) => {
      response.write("begun");
      finish = () => response.end("ended");
    });
    const clock = manualClock(NOON);
    const both = [grant("short", minutes(5)), grant("life", { kind: "life" })];
    await using egress = await startEgress({ upstream, clock, routes: [], grants: both });
    using client = await tunnelClient(egress);
    client.socket.write(get("/long"));
    await client.reader.until("begun");
    clock.advance(6 * MINUTE);
    (finish as (() => void) | null)?.();
    expect(await client.reader.until("0\r\n\r\n")).toContain("ended");
  });
});

describe("SUP-5 EGR-6: a grant for some requests", () => {
  test("lets as many pass, told one by one before any of them leaves, and nothing more", async () => {
    const order: string[] = [];
    await using upstream = await httpUpstream((request, response) => {
      order.push(`arrived ${request.url}`);
      response.end("ok");
    });
    await using egress = await startEgress({
      upstream,
      routes: [],
      grants: [grant("g", requests(2))],
      policy: { onGrantUsed: (id, left) => order.push(`${id} has ${left} left`) },
    });
    using client = await tunnelClient(egress);
    for (const path of ["/1", "/2"]) {
      client.socket.write(get(path));
      await client.reader.until("ok");
    }
    client.socket.write(get("/3"));
    const { status, body } = await client.reader.answer();
    expect(order).toEqual(["g has 1 left", "arrived /1", "g has 0 left", "arrived /2"]);
    expect(status).toBe(403);
    expect(body).toContain(`the grant of 2 requests for ${HOST} was used up`);
  });

  test("is not used by what a permanent route allows, nor by what it refuses itself", async () => {
    const used: number[] = [];
    await using upstream = await httpUpstream((_request, response) => response.end("ok"));
    await using egress = await startEgress({
      upstream,
      routes: [route({ pathAllowlist: ["/always"] })],
      grants: [grant("g", requests(5), { pathAllowlist: ["/some"] })],
      policy: { onGrantUsed: (_, left) => used.push(left) },
    });
    expect((await ask(egress, "/always/1")).status).toBe(200);
    expect((await ask(egress, "/none")).status).toBe(403);
    expect(used).toEqual([]);
    expect((await ask(egress, "/some")).status).toBe(200);
    expect(used).toEqual([4]);
    expect(egress.decisions.map(({ grantId }) => grantId)).toEqual([undefined, undefined, "g"]);
  });

  test("is not used by a request whose head holds a credential, by either protocol", async () => {
    const used: number[] = [];
    await using upstream = await httpUpstream((_request, response) => response.end("ok"));
    const policy = { onGrantUsed: (_: string, left: number) => void used.push(left) };
    await using egress = await startEgress({ upstream, routes: [], grants: [grant("g", requests(5))], policy });
    expect((await ask(egress, `/?x=${sampleOf("github-pat").text}`)).status).toBe(403);
    using client = await http2Client(egress);
    expect((await askHttp2(client, { "x-note": sampleOf("github-pat").text })).status).toBe(403);
    expect(egress.decisions.map(({ rule }) => rule)).toEqual(["dlp", "dlp"]);
    expect(used).toEqual([]);
    expect((await ask(egress, "/")).status).toBe(200);
    expect(used).toEqual([4]);
  });

  test("counts requests that come at once one by one", async () => {
    await using upstream = await httpUpstream((_request, response) => response.end("ok"));
    await using egress = await startEgress({ upstream, routes: [route({ pathAllowlist: ["/x"] })], grants: [grant("g", requests(3))] });
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(egress, "/a")));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(7);
  });

  test("what is under way finishes when it is used up, and is cut when the operator takes it back", async () => {
    const finish: (() => void)[] = [];
    await using upstream = await httpUpstream((_request, response) => {
      response.write("begun");
      finish.push(() => response.end("ended"));
    });
    await using egress = await startEgress({ upstream, routes: [], grants: [grant("g", requests(1))] });
    using client = await tunnelClient(egress);
    client.socket.write(get("/long"));
    await client.reader.until("begun");
    egress.proxy.setTable(table(2, []));
    finish[0]?.();
    expect(await client.reader.until("0\r\n\r\n")).toContain("ended");

    egress.proxy.setTable(table(3, [grant("h", requests(5))]));
    using second = await tunnelClient(egress);
    second.socket.write(get("/long"));
    await second.reader.until("begun");
    egress.proxy.setTable(table(4, []));
    await second.reader.rest();
    expect(egress.decisions.map(({ rule, grantId }) => [rule, grantId])).toEqual([
      ["route", "g"],
      ["route-revoked", "h"],
    ]);
  });

  test("an older count in a new table gives nothing back, and a raised one gives what was added", async () => {
    await using upstream = await httpUpstream((_request, response) => response.end("ok"));
    const used: number[] = [];
    const policy = { onGrantUsed: (_: string, left: number) => void used.push(left) };
    await using egress = await startEgress({ upstream, routes: [], grants: [grant("g", requests(3))], policy });
    await ask(egress, "/1");
    await ask(egress, "/2");
    egress.proxy.setTable(table(2, [grant("g", requests(3))]));
    await ask(egress, "/3");
    expect((await ask(egress, "/4")).status).toBe(403);
    egress.proxy.setTable(table(3, [grant("g", requests(5))]));
    await ask(egress, "/5");
    expect(used).toEqual([2, 1, 0, 1]);
  });
});

test("EGR-4: a client whose grant ends during its handshake reads why", async () => {
  await using egress = await startEgress({ upstream: { port: 1 }, routes: [], grants: [grant("g", requests(1))] });
  const spend = async () => {
    await ask(egress, "/");
    egress.proxy.setTable(table(2, []));
  };
  using late = await tunnelClient(egress, { beforeTls: spend });
  late.socket.write(get("/"));
  expect(await late.reader.answer()).toMatchObject({ status: 403, body: expect.stringContaining("was used up") });
});

describe("EGR-2 EGR-3: each grant is a route of its own", () => {
  test("a credential goes only where the grant that allows names it", async () => {
    const seen: (string | undefined)[] = [];
    await using upstream = await httpUpstream((request, response) => {
      seen.push(request.headers.authorization);
      response.end("ok");
    });
    const auth = { scheme: "Bearer", tokenRef: "TOKEN" };
    await using egress = await startEgress({
      upstream,
      routes: [route({ pathAllowlist: ["/plain"] })],
      grants: [grant("g", { kind: "life" }, { pathAllowlist: ["/with"], auth })],
      secrets: { TOKEN: "t" },
    });
    await ask(egress, "/plain");
    await ask(egress, "/with");
    expect(seen).toEqual([undefined, "Bearer t"]);
  });

  test("a grant that ended is not named to whom it would not have helped", async () => {
    const clock = manualClock(NOON);
    await using egress = await startEgress({
      upstream: { port: 1 },
      clock,
      routes: [route({ pathAllowlist: ["/always"] })],
      grants: [grant("g", minutes(1), { pathAllowlist: ["/some"] })],
    });
    clock.advance(MINUTE);
    expect((await ask(egress, "/other")).body).not.toContain("ended");
    expect((await ask(egress, "/some")).body).toContain("ended");
    egress.proxy.setTable(table(2, [], [route({ pathAllowlist: ["/always"] })]));
    expect((await ask(egress, "/some")).body).toContain("ended");
  });

  test("nothing is asked of the network for a host whose grants have all ended", async () => {
    const connections: string[] = [];
    await using upstream = await rawUpstream((socket) => new Reader(socket));
    const resolve = async (host: string) => {
      connections.push(host);
      return [{ address: "127.0.0.1", family: 4 as const }];
    };
    const clock = manualClock(NOON);
    clock.advance(MINUTE);
    await using egress = await startEgress({ upstream, clock, routes: [], grants: [grant("g", minutes(1))], resolve });
    expect((await ask(egress, "/")).status).toBe(403);
    expect(connections).toEqual([]);
  });
});
