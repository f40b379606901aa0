import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Egress, Upstream } from "./harness.ts";
import { HOST, httpUpstream, route, startEgress, tunnelClient } from "./harness.ts";
import { ask, encodeFrame, FLAG, FRAME, fieldSection, http2Client, rawHttp2 } from "./http2-client.ts";

/** Requests that reached the upstream; stays empty but for what a test expects. */
let reached: string[] = [];
let upstream: Upstream;
let egress: Egress;

beforeAll(async () => {
  upstream = await httpUpstream((request, response) => {
    reached.push(`${request.method} ${request.url} ${request.headers.cookie ?? ""}`.trim());
    request.resume();
    response.end("reached");
  });
  egress = await startEgress({
    upstream,
    routes: [route({ pathAllowlist: ["/api"], methods: ["GET", "POST"], strip: { headers: ["x-api-key"], cookies: ["session"] } })],
  });
});

afterAll(async () => {
  await egress[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

type Fields = readonly (readonly [string, string])[];

const get: Fields = [
  [":method", "GET"],
  [":scheme", "https"],
  [":authority", HOST],
  [":path", "/api"],
];
const set = (name: string, value: string): Fields => get.map(([field, old]) => [field, field === name ? value : old]);
const without = (name: string): Fields => get.filter(([field]) => field !== name);

/** name, fields, status in words; null where the library resets the stream by itself. */
const refused: readonly (readonly [string, Fields, number | null])[] = [
  ["no method", without(":method"), null],
  ["no path", without(":path"), null],
  ["no scheme", without(":scheme"), null],
  ["an empty path", set(":path", ""), null],
  ["a path without a slash", set(":path", "api"), null],
  ["two paths", [...get, [":path", "/api"]], null],
  ["two methods", [...get, [":method", "POST"]], null],
  ["two authorities", [...get, [":authority", HOST]], null],
  ["an unknown pseudo-header", [...get, [":x", "y"]], null],
  ["a pseudo-header after a field", [...without(":path"), ["x", "y"], [":path", "/api"]], null],
  ["a status", [...get, [":status", "200"]], null],
  ["a name in capitals", [...get, ["X-Name", "y"]], null],
  ["connection", [...get, ["connection", "close"]], null],
  ["transfer-encoding", [...get, ["transfer-encoding", "chunked"]], null],
  ["upgrade", [...get, ["upgrade", "websocket"]], null],
  ["keep-alive", [...get, ["keep-alive", "timeout=5"]], null],
  ["proxy-connection", [...get, ["proxy-connection", "keep-alive"]], null],
  ["te of another kind", [...get, ["te", "gzip"]], null],
  ["an extended CONNECT", [[":method", "CONNECT"], [":protocol", "websocket"], ...get.slice(1)], null],
  ["a length and no body", [...get, ["content-length", "5"]], null],
  ["two lengths", [...get, ["content-length", "0"], ["content-length", "0"]], null],
  ["a blank in the method", set(":method", "GET /x"), null],
  ["CR LF in the path", set(":path", "/api\r\nx: y"), null],
  ["far too many fields", [...get, ...Array.from({ length: 500 }, (_, at) => [`x-${at}`, "y"] as const)], null],
  ["no authority and no host", without(":authority"), null],
  ["http2-settings", [...get, ["http2-settings", "AAMAAABk"]], 400],
  ["another authority", set(":authority", "evil.example"), 403],
  ["another port", set(":authority", `${HOST}:8443`), 403],
  ["user information", set(":authority", `x@${HOST}`), null],
  ["another host beside the authority", [...get, ["host", "evil.example"]], 400],
  ["another host alone", [...without(":authority"), ["host", "evil.example"]], 403],
  ["plain http", set(":scheme", "http"), 400],
  [
    "CONNECT",
    [
      [":method", "CONNECT"],
      [":authority", `${HOST}:443`],
    ],
    400,
  ],
  ["a method in small letters", set(":method", "get"), 400],
  ["TRACE", set(":method", "TRACE"), 403],
  ["another method", set(":method", "DELETE"), 403],
  ["another path", set(":path", "/admin"), 403],
  ["dot segments", set(":path", "/api/../admin"), 403],
  ["encoded dot segments", set(":path", "/api/%2e%2e/admin"), 403],
  ["an encoded slash", set(":path", "/api%2f..%2fadmin"), 403],
  ["a backslash", set(":path", "/api\\..\\admin"), 403],
  ["a double slash", set(":path", "//api"), 403],
  ["a fragment", set(":path", "/api#x"), 400],
  ["an absolute path of another host", set(":path", "https://evil.example/api"), null],
  ["an asterisk", set(":path", "*"), null],
  ["raw UTF-8 in the path", set(":path", "/api/\xc3\xa9"), 400],
  ["a method override", [...get, ["x-http-method-override", "DELETE"]], 403],
  ["a path override", [...get, ["x-original-url", "/admin"]], 403],
  ["an unknown expectation", [...get, ["expect", "200-ok"]], 417],
  ["too many fields", [...get, ...Array.from({ length: 210 }, (_, at) => [`x-${at}`, "y"] as const)], 431],
  ["a head that is too large", [...get, ["x", "y".repeat(12_000)], ["z", "y".repeat(12_000)], ["a", "y".repeat(9000)]], 431],
];

describe("EGR-2: hostile requests of HTTP/2", () => {
  test.each(refused)("%s", async (_name, fields, status) => {
    reached = [];
    const before = egress.decisions.length;
    using raw = await rawHttp2(egress);
    sendFields(raw, 1, fields);
    const answer = await raw.frame((frame) => frame.stream === 1 && (frame.type === FRAME.headers || frame.type === FRAME.reset));
    if (status === null) expect(answer?.type).toBe(FRAME.reset);
    else {
      expect(answer?.type).toBe(FRAME.headers);
      const text = await raw.frame((frame) => frame.stream === 1 && frame.type === FRAME.data);
      expect(text?.payload.toString()).toMatch(new RegExp(`^${status} bot-bottle: .*Rule: `));
    }
    raw.tunnel.socket.destroy();
    const event = await egress.decision((decision) => egress.decisions.indexOf(decision) >= before);
    expect(event).toMatchObject({ verdict: "refused", status, host: HOST, protocol: "h2" });
    if (status === null) expect(event.rule).toBe("malformed-request");
    expect(egress.decisions.slice(before)).toHaveLength(1);
    expect(reached).toEqual([]);
  });

  test("a GET whose body is still to come is refused", async () => {
    reached = [];
    using raw = await rawHttp2(egress);
    raw.request(1, get, FLAG.endHeaders);
    const text = await raw.frame((frame) => frame.type === FRAME.data);
    expect(text?.payload.toString()).toContain("400 bot-bottle: a GET request has a body");
    expect(await raw.frame((frame) => frame.type === FRAME.reset && frame.stream === 1)).not.toBeNull();
    expect(reached).toEqual([]);
  });

  test("a refused HEAD is answered without a body", async () => {
    using client = await http2Client(egress);
    expect(await ask(client, { ":method": "HEAD", ":path": "/admin" })).toMatchObject({ status: 403, body: "", resetCode: 0 });
  });

  test("a field value with a line break or a NUL never gets anywhere", async () => {
    reached = [];
    const heads: string[] = [];
    await using own = await httpUpstream((request, response) => {
      heads.push(request.rawHeaders.join("|"));
      response.end();
    });
    await using fresh = await startEgress({ upstream: own });
    using raw = await rawHttp2(fresh);
    raw.request(1, [...get, ["x-a", "b\r\nx-evil: c"], ["x-b", "d\0e"], ["x-c", "f"]]);
    await raw.frame((frame) => frame.stream === 1 && frame.type === FRAME.headers);
    expect(heads).toHaveLength(1);
    expect(heads[0]).not.toMatch(/evil|x-b/);
    expect(heads[0]).toContain("x-c|f");
  });

  test("cookie crumbs are one cookie, and a listed one is stripped out of any of them", async () => {
    reached = [];
    using client = await http2Client(egress);
    await ask(client, { ":path": "/api", cookie: ["a=1", "session=canary", "b=2"] });
    expect(reached).toEqual(["GET /api a=1; b=2"]);
  });

  test("a body that is longer or shorter than its length never looks complete", async () => {
    for (const body of ["abcdef", "ab"]) {
      using raw = await rawHttp2(egress);
      raw.request(1, [...set(":method", "POST"), ["content-length", "4"]], FLAG.endHeaders);
      raw.send(FRAME.data, FLAG.endStream, 1, Buffer.from(body));
      const end = await raw.frame((frame) => frame.stream === 1);
      if (end !== null) expect(end.type).toBe(FRAME.reset);
    }
    await egress.decision(({ reason }) => reason.includes("reset the stream"));
  });

  test.each([
    ["host", "evil.example"],
    ["authorization", "Bearer x"],
    ["content-length", "3"],
    ["x-api-key", "x"],
  ])("a trailer %s breaks the request", async (name, value) => {
    const before = egress.decisions.length;
    using raw = await rawHttp2(egress);
    raw.request(1, set(":method", "POST"), FLAG.endHeaders);
    raw.send(FRAME.data, FLAG.none, 1, Buffer.from("abc"));
    raw.send(FRAME.headers, FLAG.endStream | FLAG.endHeaders, 1, fieldSection([[name, value]]));
    await raw.frame((frame) => frame.stream === 1 && (frame.type === FRAME.reset || frame.type === FRAME.headers));
    raw.tunnel.socket.destroy();
    const event = await egress.decision((decision) => egress.decisions.indexOf(decision) >= before);
    expect(event.protocol).toBe("h2");
  });

  test("a client that agreed on HTTP/2 and speaks something else is cut, with an event", async () => {
    const before = egress.decisions.length;
    using client = await tunnelClient(egress, { protocol: "h2" });
    client.socket.write(`GET /api HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    await client.reader.rest();
    const event = await egress.decision((decision) => egress.decisions.indexOf(decision) >= before);
    expect(event).toMatchObject({ rule: "malformed-request", status: null, protocol: "h2" });
  });
});

describe("EGR-2: floods of HTTP/2 end their own connection", () => {
  const floods: readonly (readonly [string, (at: number) => Buffer])[] = [
    ["streams reset at once (CVE-2023-44487)", (at) => Buffer.concat([headers(at * 2 + 1), reset(at * 2 + 1)])],
    [
      "a field section without end (CVE-2024-27316)",
      (at) =>
        at === 0
          ? encodeFrame(FRAME.headers, FLAG.none, 1, fieldSection(get))
          : encodeFrame(FRAME.continuation, FLAG.none, 1, fieldSection([["x", "y"]])),
    ],
    [
      "streams beyond those announced",
      (at) => encodeFrame(FRAME.headers, FLAG.endHeaders, at * 2 + 1, fieldSection(set(":method", "POST"))),
    ],
    ["data for a stream that is closed", (at) => encodeFrame(FRAME.data, FLAG.none, 1 + (at % 2) * 2, Buffer.from("x"))],
  ];

  test.each(floods)("%s", async (_name, frames) => {
    using raw = await rawHttp2(egress);
    const closed = raw.tunnel.reader.rest();
    for (let at = 0; at < 4000 && raw.tunnel.socket.writable; at += 50) {
      raw.tunnel.socket.write(Buffer.concat(Array.from({ length: 50 }, (_, step) => frames(at + step))));
      await new Promise(setImmediate);
    }
    await closed;
    using client = await http2Client(egress);
    expect((await ask(client, { ":path": "/api" })).status).toBe(200);
  });

  test("requests beyond what a bottle may have under way are refused in words", async () => {
    await using slow = await httpUpstream(() => undefined);
    await using small = await startEgress({ upstream: slow, limits: { streams: 2 } });
    using client = await http2Client(small);
    for (let at = 0; at < 2; at += 1) client.session.request({ ":path": "/" }).on("error", () => undefined);
    expect(await ask(client, {})).toMatchObject({ status: 503, body: expect.stringContaining("Rule: limit.") });
  });
});

type Raw = Awaited<ReturnType<typeof rawHttp2>>;

const MOST_PER_FRAME = 16_000;

function sendFields(raw: Raw, stream: number, fields: Fields): void {
  const section = fieldSection(fields);
  for (let at = 0; at < section.length; at += MOST_PER_FRAME) {
    const last = at + MOST_PER_FRAME >= section.length ? FLAG.endHeaders : FLAG.none;
    const piece = section.subarray(at, at + MOST_PER_FRAME);
    if (at === 0) raw.send(FRAME.headers, last | FLAG.endStream, stream, piece);
    else raw.send(FRAME.continuation, last, stream, piece);
  }
}

function headers(stream: number): Buffer {
  return encodeFrame(FRAME.headers, FLAG.endHeaders | FLAG.endStream, stream, fieldSection(get));
}

function reset(stream: number): Buffer {
  return encodeFrame(FRAME.reset, FLAG.none, stream, Buffer.from([0, 0, 0, 8]));
}
