import { createHash, randomBytes } from "node:crypto";
import { createConnection } from "node:net";
import { deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FLUSH, pktLine } from "../../../sidecars/git-gate/protocol/pkt-line.ts";
import { GateUnderTest } from "../../support/git-gate/gate-under-test.ts";
import { rawExchange, statuses } from "../../support/git-gate/raw-http.ts";

const FUZZED = 10_000;
const AT_ONCE = 16;

describe("requests that no git client sends (GIT-5)", () => {
  let gate: GateUnderTest;
  let stack: AsyncDisposableStack;

  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    gate = stack.use(await GateUnderTest.start());
  });

  afterAll(async () => {
    await stack.disposeAsync();
  });

  const post = (headers: string, body: string | Buffer, service = "git-receive-pack"): Buffer =>
    Buffer.concat([
      Buffer.from(
        `POST /project.git/${service} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-${service}-request\r\n${headers}\r\n\r\n`,
      ),
      Buffer.from(body),
    ]);
  const zeros = "0".repeat(40);

  test.each([
    ["a negative length", 400, post("Content-Length: -1", "")],
    ["a length that is no number", 400, post("Content-Length: 12x", "")],
    ["two lengths", 400, post("Content-Length: 4\r\nContent-Length: 5", "0000")],
    ["a length and chunks", 400, post("Content-Length: 4\r\nTransfer-Encoding: chunked", "0\r\n\r\n")],
    ["no length", 411, post("X: y", "")],
    ["more than a push may have", 413, post("Content-Length: 99999999999999", "")],
    ["a chunk of no length", 400, post("Transfer-Encoding: chunked", "zz\r\n")],
    ["gzip that is none", 400, post("Content-Encoding: gzip\r\nContent-Length: 4", "0000")],
    ["another encoding", 415, post("Content-Encoding: br\r\nContent-Length: 4", "0000")],
    ["nothing", 400, post("Content-Length: 0", "")],
    ["a line of no length", 400, post("Content-Length: 4", "zzzz")],
    ["a line of length 3", 400, post("Content-Length: 4", "0003")],
    ["a list without end", 400, post("Content-Length: 8", "00a9abcd")],
    ["a ref with a control character", 400, post("Content-Length: 106", `006a${zeros} ${zeros} refs/heads/a\u001b[31m\n0000`)],
    ["a fetch of garbage", 400, post("Content-Length: 12", "0008abcd0000", "git-upload-pack")],
    ["another content type", 415, Buffer.from("POST /project.git/git-upload-pack HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n0000")],
    ["an encoded path", 400, Buffer.from("GET /project%2egit/info/refs?service=git-upload-pack HTTP/1.1\r\nHost: x\r\n\r\n")],
    ["a way up", 400, Buffer.from("GET /project.git/../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n")],
    ["a double slash", 400, Buffer.from("GET //project.git/info/refs?service=git-upload-pack HTTP/1.1\r\nHost: x\r\n\r\n")],
    ["a whole URL", 400, Buffer.from("GET http://x/project.git/info/refs?service=git-upload-pack HTTP/1.1\r\nHost: x\r\n\r\n")],
    ["a second query", 400, Buffer.from("GET /project.git/info/refs?service=git-upload-pack&x HTTP/1.1\r\nHost: x\r\n\r\n")],
    ["another service", 403, Buffer.from("GET /project.git/info/refs?service=git-upload-archive HTTP/1.1\r\nHost: x\r\n\r\n")],
    ["a file of the mirror", 403, Buffer.from("GET /project.git/config HTTP/1.1\r\nHost: x\r\n\r\n")],
    ["an undeclared repository", 404, Buffer.from("GET /other.git/info/refs?service=git-upload-pack HTTP/1.1\r\nHost: x\r\n\r\n")],
    ["another method", 405, Buffer.from("DELETE /project.git/info/refs HTTP/1.1\r\nHost: x\r\n\r\n")],
    ["a tunnel", 405, Buffer.from("CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n")],
    ["another expectation", 417, post("Expect: magic\r\nContent-Length: 4", "0000")],
    ["a header without end", 431, Buffer.from(`GET / HTTP/1.1\r\nX: ${"x".repeat(20_000)}`)],
  ])("%s is answered %i", async (_what, status, bytes) => {
    expect(statuses(await rawExchange(gate.bundle.gitGatePort, bytes))).toEqual([status]);
  });

  test("a client that waits for 100 Continue is told, or refused at once", async () => {
    const wait = "Expect: 100-continue\r\nConnection: close\r\nContent-Length: ";
    expect(statuses(await rawExchange(gate.bundle.gitGatePort, post(`${wait}4`, "0000")))).toEqual([100, 200]);
    expect(statuses(await rawExchange(gate.bundle.gitGatePort, post(`${wait}99999999999999`, "")))).toEqual([413]);
  });

  test("a gzipped request is understood", async () => {
    const body = gzipSync(Buffer.from("0014command=ls-refs\n0000"));
    const headers = { "content-type": "application/x-git-upload-pack-request", "content-encoding": "gzip", "git-protocol": "version=2" };
    const answer = await fetch(`${gate.url()}/git-upload-pack`, { method: "POST", headers, body });
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining("refs/heads/main")]);
  });

  test("gzip that would unpack to more than a push may have ends early", async () => {
    await using small = await GateUnderTest.start({
      config: { gateLimits: { packBytes: 1 << 20, heldPushes: 1, heldBytes: 1, idleSeconds: 5 } },
    });
    const body = gzipSync(Buffer.concat([Buffer.from("00a9"), Buffer.alloc(16 << 20)]));
    const headers = { "content-type": "application/x-git-receive-pack-request", "content-encoding": "gzip" };
    expect((await fetch(`${small.url()}/git-receive-pack`, { method: "POST", headers, body })).status).toBe(400);
    await using agent = await small.clone();
    await agent.commit({ "big.bin": randomBytes(3 << 20) }, "Big");
    const { code, stderr } = await agent.git("push", "origin", "HEAD:refs/heads/big");
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/exceeds maximum allowed size|413/);
    await expect(small.pushed()).resolves.toMatchObject({ verdict: "refused", rule: "limit" });
  });

  test("a client that begins and sends no more is let go (slow loris)", async () => {
    await using strict = await GateUnderTest.start({
      config: { gateLimits: { packBytes: 1 << 20, heldPushes: 1, heldBytes: 1, idleSeconds: 0.3 } },
    });
    const began = performance.now();
    await rawExchange(strict.bundle.gitGatePort, post("Content-Length: 1000", "00"));
    expect(performance.now() - began).toBeLessThan(10_000);
    await using _agent = await strict.clone();
  });

  test("a few kilobytes that unfold into a gigabyte are refused before they do (delta bomb)", async () => {
    await using _mirrored = await gate.clone();
    const zero = "0".repeat(40);
    const command = pktLine(`${zero} ${"1".repeat(40)} refs/heads/bomb\0report-status side-band-64k`);
    const body = Buffer.concat([command, FLUSH, deltaBomb(60)]);
    const answer = await rawExchange(gate.bundle.gitGatePort, post(`Connection: close\r\nContent-Length: ${body.length}`, body));
    expect(answer).toMatch(/attempting to allocate \d+ over limit/);
    expect((await gate.operator.until(() => gate.pushes.find(({ refs }) => refs[0]?.ref === "refs/heads/bomb"))).verdict).toBe("refused");
  });

  test("pushes that are under way together may not take more room than two of the largest", async () => {
    await using small = await GateUnderTest.start({
      config: { gateLimits: { packBytes: 1 << 20, heldPushes: 1, heldBytes: 1, idleSeconds: 30 } },
    });
    await using _mirrored = await small.clone();
    const part = Buffer.concat([beginOfPush("wide"), deflateSync(randomBytes(2 << 20), { level: 0 }).subarray(0, 900_000)]);
    const unfinished = post(`Content-Length: ${part.length + 1000}`, part);
    await using sockets = new AsyncDisposableStack();
    for (let each = 0; each < 4; each += 1) {
      const socket = createConnection(small.bundle.gitGatePort, "127.0.0.1");
      sockets.defer(() => void socket.destroy());
      socket.on("error", () => undefined);
      socket.resume().write(unfinished);
    }
    expect(await small.pushed()).toMatchObject({ verdict: "refused", rule: "limit", reason: expect.stringContaining("other pushes") });
  });

  test(`${FUZZED} malformed requests get 4xx and nothing else, and the gate serves on`, async () => {
    const requests = fc.sample(malformed, { numRuns: FUZZED, seed: 42 });
    const wrong: string[] = [];
    const queue = requests.entries();
    const worker = async (): Promise<void> => {
      for (const [, request] of queue) {
        const answer = await rawExchange(gate.bundle.gitGatePort, Buffer.from(request, "latin1"));
        const got = statuses(answer);
        if (got.length === 0 || got.some((status) => status < 400 || status > 499))
          wrong.push(JSON.stringify([request, answer.slice(0, 200)]));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    expect(wrong.slice(0, 5)).toEqual([]);
    await using _agent = await gate.clone();
  });
});

const latin = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 60 });
const word = fc.string({ maxLength: 20 });

/** Each breaks at least one rule, mostly in the way that an attacker would try. */
const malformed = fc.oneof(
  fc.tuple(word, word).map(([method, path]) => `${method.replace(/\s/g, "")}! /${path} HTTP/1.1\r\nHost: x\r\n\r\n`),
  latin.map((line) => `GET /project.git/\u0000${line} HTTP/1.1\r\nHost: x\r\n\r\n`),
  word.map((name) => `GET /no-${name.replace(/[^a-z0-9]/gi, "")}/info/refs?service=git-upload-pack HTTP/1.1\r\nHost: x\r\n\r\n`),
  word.map((text) => `GET /project.git/info/refs?service=git-upload-pack%${encodeURIComponent(text)} HTTP/1.1\r\nHost: x\r\n\r\n`),
  fc
    .constantFrom("..", "%2e%2e", "..%2f", "\\..", "....//", ".")
    .map((up) => `GET /project.git/${up}/${up}/etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n`),
  latin.map((value) => `POST /project.git/git-receive-pack HTTP/1.1\r\nHost: x\r\nContent-Length: ${value}x\r\n\r\n`),
  fc.tuple(latin, fc.constantFrom("git-receive-pack", "git-upload-pack")).map(([body, service]) => request(service, `z${body}`)),
  fc
    .tuple(fc.integer({ min: 4, max: 0xffff }), latin, fc.constantFrom("git-receive-pack", "git-upload-pack"))
    .map(([length, body, service]) => request(service, `${length.toString(16).padStart(4, "0")}${body}`)),
);

function request(service: string, body: string): string {
  const head = `POST /project.git/${service} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-${service}-request\r\n`;
  return `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
}

function beginOfPush(branch: string): Buffer {
  const command = pktLine(`${"0".repeat(40)} ${"1".repeat(40)} refs/heads/${branch}\0report-status`);
  return Buffer.concat([command, FLUSH, packHead(1), objectHead(3, 2 << 20)]);
}

/** A pack with one blob of 16 MB, which weighs next to nothing, and one that is so many copies of it. */
function deltaBomb(copies: number): Buffer {
  const base = Buffer.alloc(0xffffff, "x");
  const id = createHash("sha1").update(`blob ${base.length}\0`).update(base).digest();
  const copy = Buffer.from([0xf0, 0xff, 0xff, 0xff]);
  const delta = Buffer.concat([varint(base.length), varint(base.length * copies), ...Array.from({ length: copies }, () => copy)]);
  const parts = [packHead(2), objectHead(3, base.length), deflateSync(base), objectHead(7, delta.length), id, deflateSync(delta)];
  const pack = Buffer.concat(parts);
  return Buffer.concat([pack, createHash("sha1").update(pack).digest()]);
}

function packHead(objects: number): Buffer {
  const head = Buffer.from("PACK\0\0\0\u0002\0\0\0\0", "latin1");
  head.writeUInt32BE(objects, 8);
  return head;
}

function objectHead(type: number, size: number): Buffer {
  const rest = size >> 4;
  const first = (type << 4) | (size & 15);
  return rest === 0 ? Buffer.from([first]) : Buffer.concat([Buffer.from([first | 0x80]), varint(rest)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Buffer.from([...bytes, left]);
    bytes.push((left % 128) | 0x80);
  }
}
