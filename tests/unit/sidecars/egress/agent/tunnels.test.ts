import { once } from "node:events";
import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import type { Egress, TunnelClient } from "../harness.ts";
import { HOST, httpUpstream, plainClient, startEgress, tunnelClient } from "../harness.ts";
import { http2Client } from "../http2-client.ts";
import { manualClock } from "../manual-clock.ts";

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`;

async function ask(client: TunnelClient, path = "/"): Promise<number> {
  client.socket.write(get(path));
  return (await client.reader.answer()).status;
}

async function idleTunnel(egress: Egress): Promise<Socket> {
  const client = await plainClient(egress);
  client.socket.write(`CONNECT ${HOST}:443 HTTP/1.1\r\n\r\n`);
  await client.reader.until("established\r\n\r\n");
  return client.socket;
}

describe("EGR-5: a bottle whose connections are all taken", () => {
  test("lets the one go that never asked and is oldest, then the one that is idle longest", async () => {
    await using upstream = await httpUpstream((_request, response) => response.end("ok"));
    const clock = manualClock();
    await using egress = await startEgress({ upstream, clock, limits: { connections: 4 } });
    using firstUsed = await tunnelClient(egress);
    expect(await ask(firstUsed)).toBe(200);
    clock.advance(1);
    using lastUsed = await tunnelClient(egress);
    expect(await ask(lastUsed)).toBe(200);
    clock.advance(1);
    const idle = [await idleTunnel(egress)];
    clock.advance(1);
    idle.push(await idleTunnel(egress));
    for (const expected of [idle[0] as Socket, idle[1] as Socket, firstUsed.socket]) {
      const gone = once(expected, "close");
      clock.advance(1);
      const client = await tunnelClient(egress);
      expect(await ask(client)).toBe(200);
      await gone;
    }
    expect(await ask(lastUsed)).toBe(200);
    expect(egress.decisions.every(({ verdict }) => verdict === "allowed")).toBe(true);
  });

  test("turns a new one away in words where all of them work, and cuts off a flood without a word", async () => {
    await using upstream = await httpUpstream((_request, response) => response.write("begun"));
    await using egress = await startEgress({ upstream, limits: { connections: 2 } });
    using first = await tunnelClient(egress);
    using second = await http2Client(egress);
    first.socket.write(get("/"));
    await first.reader.until("begun");
    await once(second.session.request({ ":path": "/" }), "data");
    const turnedAway = [await plainClient(egress), await plainClient(egress)];
    for (const client of turnedAway) expect(await client.reader.rest()).toMatch(/^HTTP\/1\.1 503 .*limit/);
    for (const client of turnedAway) client.socket.destroy();
    expect(egress.decisions).toMatchObject([{ rule: "limit" }, { rule: "limit" }]);
    expect(first.socket.destroyed).toBe(false);
  });
});

const IDLE = 2000;
const ASKED = 400;

describe("EGR-5: connections that only hold on", () => {
  test("2,000 idle tunnels and slow heads cost a working connection nothing", { timeout: 60_000 }, async () => {
    await using upstream = await httpUpstream((_request, response) => response.end("ok"));
    await using egress = await startEgress({ upstream });
    using working = await tunnelClient(egress);
    await medianMs(working);
    const alone = await medianMs(working);
    const held: Socket[] = [];
    for (let at = 0; at < IDLE; at += 50) {
      held.push(...(await Promise.all(Array.from({ length: 50 }, () => idleTunnel(egress)))));
      // New connections get in all the while.
      if (at % 500 === 0) expect(await ask(working)).toBe(200);
    }
    const slow = await Promise.all(Array.from({ length: 20 }, () => tunnelClient(egress)));
    const dripping = setInterval(
      () => slow.forEach((client) => void client.socket.write(client.socket.bytesWritten < 1000 ? "G" : "E")),
      50,
    );
    const among = await medianMs(working);
    clearInterval(dripping);
    using fresh = await tunnelClient(egress);
    expect(await ask(fresh)).toBe(200);
    expect(held.filter((socket) => !socket.destroyed).length).toBeLessThanOrEqual(1024);
    for (const socket of held) socket.destroy();
    const after = await medianMs(working);
    for (const client of slow) client.socket.destroy();
    // A median, against the slower of two, and a millisecond for a busy machine.
    expect(among).toBeLessThan(Math.max(alone, after) * 2 + 1);
  });
});

/** Of requests one after the other on one connection. */
async function medianMs(client: TunnelClient): Promise<number> {
  const times: number[] = [];
  for (let asked = 0; asked < ASKED; asked += 1) {
    const begun = performance.now();
    expect(await ask(client)).toBe(200);
    times.push(performance.now() - begun);
  }
  return times.sort((a, b) => a - b)[ASKED / 2] ?? Number.NaN;
}
