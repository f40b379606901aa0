import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Budget, BudgetSpent } from "#common/domain/budget.ts";
import { HOST, httpUpstream, Reader, rawUpstream, route, startEgress, tunnelClient } from "./harness.ts";
import { ask, http2Client } from "./http2-client.ts";

const TOKEN = "sk-canary-3f9a77d0";
const STARS = "*".repeat(TOKEN.length);
const auth = { scheme: "Bearer", tokenRef: "TOKEN" };
const secrets = { TOKEN };
const injected = { routes: [route({ auth })], secrets };
const get = (path = "/", extra = "") => `GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\n${extra}\r\n`;
const post = (path: string, body = "{}") => `POST ${path} HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** An upstream that answers each request with these bytes, written one after the other. */
const answering = (...pieces: (string | Buffer)[]) =>
  rawUpstream(async (socket) => {
    const reader = new Reader(socket);
    for (;;) {
      await reader.until("\r\n\r\n");
      for (const piece of pieces) await new Promise((sent) => socket.write(piece, sent));
    }
  });

describe("EGR-3: an answer that echoes the injected credential", () => {
  test("reaches the agent without it, as long as it was, and the event says so", async () => {
    await using upstream = await httpUpstream((request, response) => {
      const body = JSON.stringify({ headers: request.headers });
      response.writeHead(200, { "x-debug": request.headers.authorization ?? "", "content-length": body.length }).end(body);
    });
    await using egress = await startEgress({ upstream, ...injected });
    using client = await tunnelClient(egress);
    client.socket.write(get());
    const { head, body } = await client.reader.answer();
    expect(head).toContain(`x-debug: Bearer ${STARS}`);
    expect(JSON.parse(body)).toMatchObject({ headers: { authorization: `Bearer ${STARS}` } });
    const { reason } = await egress.decision(() => true);
    expect(reason).toBe(`allowed by the route of ${HOST}; the answer held the credential TOKEN, which was blotted out`);
  });

  test("in chunks, over several writes, and in the trailers", async () => {
    const half = TOKEN.slice(0, 9);
    await using upstream = await answering(
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n: ${half}`,
      `\r\n9\r\n${TOKEN.slice(9)}\r\n`,
      `0\r\nX-Debug: ${half}`,
      `${TOKEN.slice(9)}\r\n\r\n`,
    );
    await using egress = await startEgress({ upstream, ...injected });
    using client = await tunnelClient(egress);
    client.socket.write(get());
    await client.reader.until("\r\n\r\n");
    const stars = (length: number) => "*".repeat(length);
    expect(await client.reader.until(`*\r\n\r\n`)).toBe(`b\r\n: ${stars(9)}\r\n9\r\n${stars(9)}\r\n0\r\nX-Debug: ${STARS}\r\n\r\n`);
  });

  test("in an interim answer, in a redirect and without a length", async () => {
    await using upstream = await rawUpstream(async (socket) => {
      await new Reader(socket).until("\r\n\r\n");
      socket.write(`HTTP/1.1 103 Early Hints\r\nX-Debug: ${TOKEN}\r\n\r\n`);
      socket.end(`HTTP/1.1 302 Found\r\nLocation: https://x.example/?t=${TOKEN}\r\n\r\nsee ${TOKEN}`);
    });
    await using egress = await startEgress({ upstream, ...injected });
    using client = await tunnelClient(egress);
    client.socket.write(get());
    const all = await client.reader.rest();
    expect(all).toContain(`X-Debug: ${STARS}`);
    expect(all).toContain(`?t=${STARS}\r\n`);
    expect(all.endsWith(`see ${STARS}`)).toBe(true);
  });

  test("by HTTP/2, in the body and in the trailers", async () => {
    await using upstream = await answering(
      `HTTP/1.1 200 OK\r\nX-Debug: ${TOKEN}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nsee: \r\n12\r\n${TOKEN}\r\n0\r\nX-Trailer: ${TOKEN}\r\n\r\n`,
    );
    await using egress = await startEgress({ upstream, ...injected });
    using client = await http2Client(egress);
    const { fields, body, trailers } = await ask(client, { ":path": "/" });
    expect(fields).toContain(STARS);
    expect(body).toBe(`see: ${STARS}`);
    expect(trailers).toContain(STARS);
  });

  test("by WebSocket, where no message waits for the next", async () => {
    const frame = (text: string) => Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)]);
    await using upstream = await rawUpstream(async (socket) => {
      const reader = new Reader(socket);
      await reader.until("\r\n\r\n");
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
      socket.write(frame(`hi ${TOKEN}`));
      // The next is sent only once this one, which ends as the credential begins, was answered.
      socket.write(frame(`now ${TOKEN.slice(0, 8)}`));
      await reader.until("go on");
      socket.write(frame("done"));
    });
    await using egress = await startEgress({ upstream, routes: [route({ auth, websocket: true })], secrets });
    using client = await tunnelClient(egress);
    client.socket.write(get("/", "Connection: Upgrade\r\nUpgrade: websocket\r\n"));
    expect(await client.reader.until(`now ${TOKEN.slice(0, 8)}`)).toContain(`hi ${STARS}`);
    client.socket.write(Buffer.concat([Buffer.from([0x81, 0x85, 0, 0, 0, 0]), Buffer.from("go on")]));
    await client.reader.until("done");
  });

  test("is asked for uncompressed, and refused where it is compressed all the same", async () => {
    const asked: (string | undefined)[] = [];
    const body = gzipSync(`{"echo":"${TOKEN}"}`);
    await using upstream = await httpUpstream((request, response) => {
      asked.push(String(request.headers["accept-encoding"]));
      response.writeHead(200, { "content-encoding": "gzip", "content-length": body.length }).end(body);
    });
    await using egress = await startEgress({ upstream, ...injected });
    using client = await tunnelClient(egress);
    client.socket.write(get("/", "Accept-Encoding: gzip, br\r\n"));
    const answer = await client.reader.answer();
    expect(asked).toEqual(["identity"]);
    expect(answer).toMatchObject({ status: 502, body: expect.stringContaining("compressed its answer although it was asked not to") });
    expect(await egress.decision(() => true)).toMatchObject({ verdict: "failed", rule: "upstream-answer" });
  });

  test("a compressed answer to HEAD has nothing to read", async () => {
    await using upstream = await answering("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 100\r\n\r\n");
    await using egress = await startEgress({ upstream, ...injected });
    using client = await tunnelClient(egress);
    client.socket.write(`HEAD / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    expect(await client.reader.until("\r\n\r\n")).toContain("200 OK");
  });

  test("an answer to what got no credential passes byte for byte, compressed or not", async () => {
    const body = gzipSync("hello");
    const asked: (string | undefined)[] = [];
    await using upstream = await httpUpstream((request, response) => {
      asked.push(String(request.headers["accept-encoding"]));
      response.writeHead(200, { "content-encoding": "gzip", "content-length": body.length }).end(body);
    });
    await using egress = await startEgress({ upstream });
    using client = await tunnelClient(egress);
    client.socket.write(get("/", "Accept-Encoding: gzip\r\n"));
    expect(Buffer.from((await client.reader.answer()).body, "latin1")).toEqual(body);
    expect(asked).toEqual(["gzip"]);
  });
});

describe("EGR-5: reading an answer does not hold it up", () => {
  test("each event arrives before the next is sent", async () => {
    let count = 0;
    let send: (() => void) | null = null;
    await using upstream = await httpUpstream((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      send = () => response.write(`data: {"n":${count},"text":"${TOKEN.slice(0, 1 + (count % 15))}"}\n\n`);
      send();
    });
    await using egress = await startEgress({ upstream, ...injected });
    using client = await tunnelClient(egress);
    client.socket.write(post("/v1/messages"));
    for (; count < 50; (send as (() => void) | null)?.()) {
      // Nothing more is sent until this one is here: any hold-back would end in a time-out.
      await client.reader.until(`{"n":${count},`);
      await client.reader.until("\n\n");
      count += 1;
    }
  });
});

describe("MAN-6: what model calls cost", () => {
  const usage = { input_tokens: 60, output_tokens: 30, cache_read_input_tokens: 10, cache_creation_input_tokens: 0 };
  const model = "claude-sonnet-4-5";
  const budget: Budget = { tokensPerDay: 150, usdPerDay: null, onLimit: "stop", timeZone: "UTC" };
  const api = () =>
    httpUpstream((_request, response) => {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ model, usage }));
    });

  test("is in the event, on any host, with or without a credential of ours", async () => {
    await using upstream = await api();
    await using egress = await startEgress({ upstream });
    using client = await tunnelClient(egress);
    client.socket.write(post("/v1/messages?beta=true"));
    await client.reader.until("\r\n0\r\n\r\n");
    const decision = await egress.decision(() => true);
    expect(decision.usage).toEqual({ model, input: 60, output: 30, cacheRead: 10, cacheWrite: 0 });
    client.socket.write(post("/v1/other"));
    await client.reader.until("\r\n0\r\n\r\n");
    expect(await egress.decision(({ path }) => path === "/v1/other")).not.toHaveProperty("usage");
  });

  test("stops at the limit: models are refused in words that end the work, everything else goes on", async () => {
    const posted: BudgetSpent[] = [];
    await using upstream = await api();
    await using egress = await startEgress({ upstream, policy: { budget, onSpent: (spent) => posted.push(spent) } });
    using client = await tunnelClient(egress);
    for (const path of ["/v1/messages", "/v1/responses"]) {
      client.socket.write(post(path));
      await client.reader.until("\r\n0\r\n\r\n");
    }
    client.socket.write(post("/v1/messages"));
    const { status, body } = await client.reader.answer();
    expect(status).toBe(403);
    expect(body).toMatch(/the day's budget of 150 tokens is reached.*Rule: budget\. Stop here and tell the operator.*egress\.budget/);
    client.socket.write(get("/v1/models"));
    expect(await client.reader.until("\r\n0\r\n\r\n")).toContain("200 OK");
    expect(posted.map(({ tokens }) => tokens)).toEqual([100, 200]);
    expect(egress.decisions.map(({ rule }) => rule)).toEqual(["route", "route", "budget", "route"]);
    expect(egress.decisions[1]?.reason).toBe(`allowed by the route of ${HOST}; the day's budget of 150 tokens is reached`);
  });

  test("what was told before an answer broke off counts", async () => {
    const spent: number[] = [];
    await using upstream = await rawUpstream(async (socket) => {
      await new Reader(socket).until("\r\n\r\n{}");
      const event = `data: ${JSON.stringify({ type: "message_start", message: { model, usage } })}\n\n`;
      socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9999\r\n\r\n${event}`);
    });
    await using egress = await startEgress({ upstream, policy: { budget, onSpent: ({ tokens }) => spent.push(tokens) } });
    using client = await tunnelClient(egress);
    client.socket.write(post("/v1/messages"));
    await client.reader.until("\n\n");
    client.socket.destroy();
    await egress.decision(() => true);
    expect(spent).toEqual([100]);
  });

  test.each(["/v1/responses", "/v1/realtime?model=gpt-realtime", "/v1/Real%74ime/"])(
    "a model's WebSocket, which cannot be counted, is refused so that clients POST instead: %s",
    async (path) => {
      await using egress = await startEgress({ upstream: { port: 1 }, routes: [route({ websocket: true })], policy: { budget } });
      using client = await tunnelClient(egress);
      client.socket.write(get(path, "Connection: Upgrade\r\nUpgrade: websocket\r\n"));
      expect((await client.reader.answer()).status).toBe(426);
    },
  );

  test("SEC-3: a model's name that is the credential is in no event", async () => {
    const value = "canary-5f0c1d2e3b4a69788796a5b4c3d2e1f0";
    await using upstream = await httpUpstream((_request, response) => {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ model: `x-${value}`, usage }));
    });
    const routes = [route({ auth: { scheme: "Bearer", tokenRef: "API_KEY" } })];
    await using egress = await startEgress({ upstream, routes, secrets: { API_KEY: value } });
    using client = await tunnelClient(egress);
    client.socket.write(post("/v1/messages"));
    await client.reader.until("\r\n0\r\n\r\n");
    expect(await egress.decision(() => true)).toMatchObject({ usage: { model: `x-${"*".repeat(value.length)}`, input: 60 } });
    expect(JSON.stringify(egress.decisions)).not.toContain(value);
  });

  test("an answer that cannot be read is refused where a budget depends on it, and passes where none does", async () => {
    const body = gzipSync(JSON.stringify({ model, usage }));
    const head = { "content-type": "application/json", "content-encoding": "gzip", "content-length": body.length };
    await using upstream = await httpUpstream((_request, response) => void response.writeHead(200, head).end(body));
    await using limited = await startEgress({ upstream, policy: { budget } });
    await using free = await startEgress({ upstream });
    const statusOf = async (egress: typeof free) => {
      using client = await tunnelClient(egress);
      client.socket.write(post("/v1/messages"));
      return (await client.reader.answer()).status;
    };
    expect([await statusOf(limited), await statusOf(free)]).toEqual([502, 200]);
  });
});
