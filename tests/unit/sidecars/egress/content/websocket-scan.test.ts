import { describe, expect, test } from "vitest";
import type { Egress, TunnelClient } from "../harness.ts";
import { HOST, Reader, rawUpstream, route, startEgress, tunnelClient } from "../harness.ts";
import { agentFrame } from "./agent-frames.ts";
import { sampleOf } from "./samples.ts";

const { text: token, canary } = sampleOf("github-pat");
const MASK = [0x37, 0xfa, 0x21, 0x3d] as const;
const upgrade = `GET /ws HTTP/1.1\r\nHost: ${HOST}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n`;

interface Relay extends AsyncDisposable {
  readonly egress: Egress;
  readonly client: TunnelClient;
  readonly upstream: Reader;
}

/** A WebSocket through egress, up and running. */
async function relay(): Promise<Relay> {
  await using stack = new AsyncDisposableStack();
  const reader = Promise.withResolvers<Reader>();
  const server = stack.use(
    await rawUpstream((socket) => {
      reader.resolve(new Reader(socket));
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    }),
  );
  const egress = stack.use(await startEgress({ upstream: server, routes: [route({ websocket: true })] }));
  const client = stack.use(await tunnelClient(egress));
  client.socket.write(upgrade);
  await client.reader.until("\r\n\r\n");
  const upstream = await reader.promise;
  const owned = stack.move();
  return { egress, client, upstream, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

describe("DLP-2: what an agent says over a WebSocket", () => {
  test("passes message by message, and no compression is agreed on", async () => {
    await using there = await relay();
    expect(await there.upstream.until("\r\n\r\n")).not.toMatch(/extensions/i);
    const messages = [
      agentFrame("hello", { mask: [...MASK] }),
      agentFrame(Buffer.alloc(70_000, "x"), { opcode: 2 }),
      agentFrame("ping", { opcode: 9 }),
    ];
    for (const message of messages) {
      there.client.socket.write(message);
      expect(Buffer.from(await there.upstream.count(message.length), "latin1").equals(message)).toBe(true);
    }
  });

  const split = (at: number) => [
    agentFrame(`{"text":"${token.slice(0, at)}`, { mask: [...MASK], final: false }),
    agentFrame("are you there?", { opcode: 9 }),
    agentFrame(`${token.slice(at)}"}`, { mask: [...MASK], opcode: 0 }),
  ];
  const hostile: readonly (readonly [string, string, readonly Buffer[]])[] = [
    ["a credential, masked", "github-pat", [agentFrame(`{"text":"${token}"}`, { mask: [...MASK] })]],
    ["a credential in bytes", "github-pat", [agentFrame(`\u0000${token}\u0000`, { mask: [...MASK], opcode: 2 })]],
    ["a credential over two frames, with another between", "github-pat", split(4)],
    ["a credential in a ping", "github-pat", [agentFrame(token, { mask: [...MASK], opcode: 9 })]],
    ["a compressed message", "unreadable-body", [agentFrame("anything", { reserved: 0x40 })]],
    ["an unmasked message", "unreadable-body", [agentFrame(token, { mask: null })]],
    ["a message in a message", "unreadable-body", [agentFrame("a", { final: false }), agentFrame("b")]],
    ["a continuation of nothing", "unreadable-body", [agentFrame("a", { opcode: 0 })]],
    ["a long control frame", "unreadable-body", [agentFrame(Buffer.alloc(200), { opcode: 9 })]],
    ["a message without end", "unreadable-body", [Buffer.from([0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4])]],
  ];
  test.each(hostile)("%s ends both connections before it is there", async (_, rule, frames) => {
    await using there = await relay();
    for (const frame of frames) there.client.socket.write(frame);
    const decision = await there.egress.decision(({ verdict }) => verdict === "refused");
    expect(decision).toMatchObject({ rule: "dlp", status: 101, finding: { rule, part: "body" } });
    expect(await there.client.reader.rest()).toBe("");
    const seen = await there.upstream.rest();
    const unmasked = Buffer.from(seen, "latin1").map((byte, at) => byte ^ (MASK[at % 4] ?? 0));
    for (const told of [seen, Buffer.from(unmasked).toString("latin1"), JSON.stringify(there.egress.decisions)])
      expect(told).not.toContain(canary);
  });

  test("byte by byte", async () => {
    await using there = await relay();
    await there.upstream.until("\r\n\r\n");
    const clean = agentFrame("nothing of the kind", { mask: [...MASK] });
    for (const byte of clean) there.client.socket.write(Buffer.from([byte]));
    expect(Buffer.from(await there.upstream.count(clean.length), "latin1").equals(clean)).toBe(true);
    for (const byte of agentFrame(token, { mask: [...MASK] })) there.client.socket.write(Buffer.from([byte]));
    expect(await there.egress.decision(({ verdict }) => verdict === "refused")).toMatchObject({ finding: { rule: "github-pat" } });
  });
});
