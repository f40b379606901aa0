import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { createConnection } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answerPacket, DnsResponder } from "../../../../../sidecars/init/dns/dns-responder.ts";

const HOST = "127.0.0.1";

function query(name: string, type = 1, parts: { flags?: number; questions?: number; class?: number } = {}): Buffer {
  const labels = name.split(".").flatMap((label) => [label.length, ...Buffer.from(label, "latin1")]);
  const packet = Buffer.from([0x12, 0x34, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, type, 0, parts.class ?? 1]);
  packet.writeUInt16BE(parts.flags ?? 0x0100, 2);
  packet.writeUInt16BE(parts.questions ?? 1, 4);
  return packet;
}

const rcode = (answer: Buffer | null): number | null => (answer === null ? null : answer.readUInt16BE(2) & 0xf);
const answers = (answer: Buffer | null): number | null => (answer === null ? null : answer.readUInt16BE(6));

describe("the agent's resolver (BKD-3)", () => {
  const stack = new AsyncDisposableStack();
  let responder: DnsResponder;
  const resolver = new Resolver({ timeout: 2000, tries: 1 });

  beforeAll(async () => {
    responder = stack.use(await DnsResponder.listen(HOST, 0));
    resolver.setServers([`${HOST}:${responder.port}`]);
  });
  afterAll(() => stack.disposeAsync());

  test.each(["egress", "supervise", "git-gate", "pipelock", "EGRESS", "Git-Gate"])("%s is the bundle", async (name) => {
    expect(await resolver.resolve4(name)).toEqual([HOST]);
    await expect(resolver.resolve6(name)).rejects.toMatchObject({ code: "ENODATA" });
    await expect(resolver.resolveTxt(name)).rejects.toMatchObject({ code: "ENODATA" });
  });

  test.each(["example.org", "c2VjcmV0.evil.example", "egress.example.org", "localhost", "xegress"])("%s does not exist", async (name) => {
    await expect(resolver.resolve4(name)).rejects.toMatchObject({ code: "ENOTFOUND" });
    await expect(resolver.resolveTxt(name)).rejects.toMatchObject({ code: "ENOTFOUND" });
  });

  test("answers over TCP, several queries in pieces", async () => {
    const socket = createConnection(responder.port, HOST);
    const framed = ["egress", "evil.example"].map((name) => {
      const packet = query(name);
      return Buffer.concat([Buffer.from([0, packet.length]), packet]);
    });
    const bytes = Buffer.concat(framed);
    let received = Buffer.alloc(0);
    const both = Promise.withResolvers<void>();
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      const first = received.length < 2 ? Number.POSITIVE_INFINITY : received.readUInt16BE(0) + 2;
      if (received.length > first + 2) both.resolve();
    });
    await once(socket, "connect");
    for (const byte of bytes) socket.write(Buffer.from([byte]));
    await both.promise;
    expect(rcode(received.subarray(2))).toBe(0);
    expect(rcode(received.subarray(received.readUInt16BE(0) + 4))).toBe(3);
    socket.destroy();
  });

  test.each([
    ["a response", query("egress", 1, { flags: 0x8000 }), null],
    ["eleven bytes", Buffer.alloc(11), null],
    ["no question", query("egress", 1, { questions: 0 }), 1],
    ["many questions", query("egress", 1, { questions: 65535 }), 1],
    ["a name that points at itself", Buffer.concat([query("x").subarray(0, 12), Buffer.from([0xc0, 12, 0, 1, 0, 1])]), 1],
    ["a label beyond the end", Buffer.concat([query("x").subarray(0, 12), Buffer.from([63, 97])]), 1],
    ["an update", query("egress", 1, { flags: 0x2800 }), 4],
    ["another class", query("egress", 1, { class: 3 }), 3],
    ["a name over 255 bytes", query(Array.from({ length: 60 }, () => "abcde").join(".")), 1],
  ])("%s gets %j", (_what, packet, expected) => {
    expect(rcode(answerPacket(packet, HOST))).toBe(expected);
  });

  test("whatever the packet, the answer is short and none or well formed, and holds an address for sidecars only", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        const answer = answerPacket(Buffer.from(bytes), HOST);
        if (answer === null) return;
        expect(answer.length).toBeLessThanOrEqual(bytes.length + 16);
        expect(answer.readUInt16BE(2) & 0x8000).toBe(0x8000);
        expect(answers(answer) === 0 || rcode(answer) === 0).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test("hostile packets on the wire do not stop it", async () => {
    const udp = createSocket("udp4");
    for (const size of [0, 1, 11, 12, 13, 512, 9000]) udp.send(Buffer.alloc(size, 0xc0), responder.port, HOST);
    const tcp = createConnection(responder.port, HOST);
    tcp.on("error", () => undefined);
    tcp.write(Buffer.from([0xff, 0xff, 1, 2, 3]));
    await once(tcp, "close");
    expect(await resolver.resolve4("egress")).toEqual([HOST]);
    udp.close();
  });
});
