import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { bodyOf, bottleCa, HOST, httpUpstream, Reader, rawUpstream, route, startEgress } from "./harness.ts";
import { answerOf, ask, FLAG, FRAME, http2Client, rawHttp2 } from "./http2-client.ts";
import { manualClock } from "./manual-clock.ts";

describe("EGR-1 EGR-3 EGR-5: HTTP/2 from the agent", () => {
  test("a permitted request is forwarded with the credential, and its event names the protocol", async () => {
    const seen: string[] = [];
    await using upstream = await httpUpstream((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization} ${request.headers.host} ${request.httpVersion}`);
      response.setHeader("set-cookie", ["a=1", "b=2"]);
      response.end("hello");
    });
    const auth = { scheme: "Bearer", tokenRef: "TOKEN" };
    await using egress = await startEgress({ upstream, routes: [route({ auth })], secrets: { TOKEN: "canary-1" } });
    using client = await http2Client(egress);
    const answer = await ask(client, { ":path": "/a?q=secret", authorization: "Bearer placeholder" });
    expect(answer).toMatchObject({ status: 200, body: "hello", resetCode: 0 });
    expect(answer.fields.filter((text) => text === "set-cookie")).toHaveLength(2);
    expect(answer.fields).not.toContain("connection");
    expect(seen).toEqual([`GET /a?q=secret Bearer canary-1 ${HOST} 1.1`]);
    expect(await egress.decision(() => true)).toMatchObject({
      protocol: "h2",
      verdict: "allowed",
      path: "/a?q=…",
      status: 200,
      tokenRef: "TOKEN",
    });
    expect(JSON.stringify(egress.decisions)).not.toContain("canary");
  });

  test("many requests at once share one connection", async () => {
    await using upstream = await httpUpstream((request, response) => setImmediate(() => response.end(`answer to ${request.url}`)));
    await using egress = await startEgress({ upstream });
    using client = await http2Client(egress);
    const paths = Array.from({ length: 60 }, (_, at) => `/${at}`);
    const answers = await Promise.all(paths.map((path) => ask(client, { ":path": path })));
    expect(answers.map(({ body }) => body)).toEqual(paths.map((path) => `answer to ${path}`));
  });

  test.each([
    ["with a length", { "content-length": "500000" }],
    ["without a length", {}],
  ])("a body %s streams up and comes back", async (_name, fields) => {
    await using upstream = await httpUpstream(async (request, response) => response.end(await bodyOf(request)));
    await using egress = await startEgress({ upstream });
    using client = await http2Client(egress);
    const body = "0123456789".repeat(50_000);
    const answer = await ask(client, { ":method": "POST", ...fields }, body);
    expect(answer).toMatchObject({ status: 200, resetCode: 0 });
    expect(answer.body === body).toBe(true);
  });

  test("trailers pass both ways", async () => {
    await using upstream = await httpUpstream(async (request, response) => {
      response.writeHead(200, { trailer: "x-sum" });
      response.write(await bodyOf(request));
      response.addTrailers({ "x-sum": String(request.trailers["x-check"]) });
      response.end();
    });
    await using egress = await startEgress({ upstream });
    using client = await http2Client(egress);
    const stream = client.session.request({ ":method": "POST", ":path": "/" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "x-check": "seven" }));
    stream.end("body");
    expect(await answerOf(stream)).toMatchObject({ status: 200, body: "body", trailers: ["x-sum", "seven"] });
  });

  test("events arrive one by one, and the answer may begin before the request has ended", async () => {
    await using upstream = await httpUpstream((request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.flushHeaders();
      request.on("data", (chunk: Buffer) => response.write(`data: ${chunk}\n\n`));
      request.on("end", () => response.end());
    });
    await using egress = await startEgress({ upstream });
    using client = await http2Client(egress);
    const stream = client.session.request({ ":method": "POST", ":path": "/" });
    const events: string[] = [];
    let heard = Promise.withResolvers<void>();
    stream.on("data", (chunk: Buffer) => {
      events.push(chunk.toString());
      heard.resolve();
    });
    for (const word of ["one", "two", "three"]) {
      heard = Promise.withResolvers();
      // A blank at its end: the content scan holds what may be the beginning of a longer credential.
      stream.write(`${word} `);
      await heard.promise;
    }
    stream.end();
    await answerOf(stream);
    expect(events).toEqual(["data: one \n\n", "data: two \n\n", "data: three \n\n"]);
  });

  test("100-continue and early hints come before the answer", async () => {
    await using upstream = await rawUpstream(async (socket) => {
      const reader = new Reader(socket);
      await reader.until("\r\n\r\n");
      socket.write("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
      await reader.until("abc");
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
    await using egress = await startEgress({ upstream });
    using client = await http2Client(egress);
    const stream = client.session.request({ ":method": "POST", ":path": "/", expect: "100-continue", "content-length": "3" });
    const interim: unknown[] = [];
    stream.on("headers", (head) => interim.push(head[":status"]));
    stream.once("continue", () => stream.end("abc"));
    expect(await answerOf(stream)).toMatchObject({ status: 200, body: "ok" });
    expect(interim).toEqual([103, 100]);
  });

  test.each([
    ["HEAD", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 200, ""],
    ["204", "GET", "HTTP/1.1 204 No Content\r\n\r\n", 204, ""],
    ["304", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, ""],
    ["an empty chunked body", "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200, ""],
    ["a field of the connection", "GET", "HTTP/1.1 200 OK\r\nTE: gzip\r\nHTTP2-Settings: x\r\nContent-Length: 2\r\n\r\nok", 200, "ok"],
    ["single fields twice", "GET", "HTTP/1.1 200 OK\r\nAge: 1\r\nAge: 2\r\nContent-Length: 2\r\n\r\nok", 200, "ok"],
  ])("%s is answered", async (_name, method, bytes, status, body) => {
    await using upstream = await rawUpstream((socket) => socket.on("data", () => socket.write(bytes)));
    await using egress = await startEgress({ upstream });
    using client = await http2Client(egress);
    for (let round = 0; round < 2; round += 1) {
      expect(await ask(client, { ":method": method })).toMatchObject({ status, body, resetCode: 0 });
    }
  });

  test("a body that ends with the upstream's connection ends the stream and no more", async () => {
    await using upstream = await rawUpstream((socket) => socket.on("data", () => socket.end("HTTP/1.0 200 OK\r\n\r\nabc")));
    await using egress = await startEgress({ upstream });
    using client = await http2Client(egress);
    for (let round = 0; round < 2; round += 1) expect(await ask(client, {})).toMatchObject({ status: 200, body: "abc", resetCode: 0 });
  });

  test.each([
    ["a length", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"],
    ["chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"],
  ])("an answer that is cut short never ends, where %s said its end", async (_name, bytes) => {
    await using upstream = await rawUpstream((socket) => socket.on("data", () => socket.write(bytes, () => socket.destroy())));
    await using egress = await startEgress({ upstream });
    using raw = await rawHttp2(egress);
    raw.request(
      1,
      [":method GET", ":scheme https", `:authority ${HOST}`, ":path /"].map((text) => text.split(" ") as [string, string]),
    );
    const last = await raw.frame(({ type, flags, stream }) => stream === 1 && (type === FRAME.reset || (flags & FLAG.endStream) !== 0));
    expect(last).toMatchObject({ type: FRAME.reset, payload: Buffer.from([0, 0, 0, 2]) });
  });

  test("a truncated answer resets its stream and leaves the others alone", async () => {
    let finish: (() => void) | null = null;
    await using upstream = await rawUpstream(async (socket) => {
      const head = await new Reader(socket).until("\r\n\r\n");
      if (head.startsWith("GET /cut")) socket.end("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
      else finish = () => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
    await using egress = await startEgress({ upstream });
    using client = await http2Client(egress);
    const whole = ask(client, { ":path": "/whole" });
    expect(await ask(client, { ":path": "/cut" })).toMatchObject({ status: 200, resetCode: 2 });
    expect(egress.decisions).toMatchObject([{ verdict: "failed", rule: "upstream-answer", protocol: "h2" }]);
    (finish as (() => void) | null)?.();
    expect(await whole).toMatchObject({ status: 200, body: "ok" });
  });

  test("an upstream that is not there is told in words", async () => {
    await using egress = await startEgress({ upstream: { port: 1 } });
    using client = await http2Client(egress);
    expect(await ask(client, {})).toMatchObject({ status: 502, body: expect.stringContaining("Rule: upstream-unreachable.") });
  });

  test("a slow reader costs no memory, and another stream goes past it", async () => {
    const size = 32 * 1024 * 1024;
    let sent = 0;
    await using upstream = await httpUpstream((request, response) => {
      if (request.url === "/small") return response.end("small");
      const block = Buffer.alloc(64 * 1024);
      const pump = (): unknown => {
        while (sent < size) {
          sent += block.length;
          if (!response.write(block)) return response.once("drain", pump);
        }
        return response.end();
      };
      return pump();
    });
    await using egress = await startEgress({ upstream });
    using client = await http2Client(egress);
    const stream = client.session.request({ ":path": "/big" });
    stream.pause();
    await new Promise((heard) => stream.once("response", heard));
    expect((await ask(client, { ":path": "/small" })).body).toBe("small");
    expect(sent).toBeLessThan(size / 2);
    let received = 0;
    stream.on("data", (chunk: Buffer) => {
      received += chunk.length;
    });
    stream.resume();
    await new Promise((ended) => stream.once("end", ended));
    expect(received).toBe(size);
  });

  test("an upstream that does not read holds the agent's upload back", async () => {
    await using upstream = await rawUpstream((socket) => socket.pause());
    await using egress = await startEgress({ upstream });
    using client = await http2Client(egress);
    const stream = client.session.request({ ":method": "POST", ":path": "/" });
    stream.on("error", () => undefined);
    let taken = 0;
    const block = Buffer.alloc(64 * 1024);
    const quiet = Promise.withResolvers<void>();
    let last = -1;
    const pump = (): void => {
      stream.write(block, () => {
        taken += block.length;
        if (taken < 256 * 1024 * 1024) pump();
      });
    };
    pump();
    const timer = setInterval(() => {
      if (taken === last && taken > 0) quiet.resolve();
      last = taken;
    }, 200);
    await quiet.promise;
    clearInterval(timer);
    expect(taken).toBeLessThan(32 * 1024 * 1024);
  });

  test("a stream that the agent resets takes its upstream request with it", async () => {
    const gone = Promise.withResolvers<void>();
    await using upstream = await httpUpstream((request, response) => {
      if (request.url !== "/long") return response.end("ok");
      request.once("close", () => gone.resolve());
      return response.write("begun");
    });
    await using egress = await startEgress({ upstream });
    using client = await http2Client(egress);
    const stream = client.session.request({ ":path": "/long" });
    await new Promise((heard) => stream.once("data", heard));
    stream.close(8);
    await gone.promise;
    await egress.decision(({ reason }) => reason.includes("reset the stream"));
    expect(await ask(client, {})).toMatchObject({ status: 200 });
  });

  test("an answer during an upload arrives, and the rest of the upload is stopped", async () => {
    await using upstream = await httpUpstream((_request, response) => response.writeHead(413).end("too much"));
    await using egress = await startEgress({ upstream });
    using client = await http2Client(egress);
    const stream = client.session.request({ ":method": "POST", ":path": "/" });
    stream.write("begin");
    expect(await answerOf(stream)).toMatchObject({ status: 413, body: "too much", resetCode: 0 });
    expect(await ask(client, {})).toMatchObject({ status: 413 });
  });

  test("curl --http2 speaks it", async () => {
    await using upstream = await httpUpstream(async (request, response) => response.end(`${request.method} ${await bodyOf(request)}`));
    await using egress = await startEgress({ upstream });
    const folder = mkdtempSync(join(tmpdir(), "egress-curl-"));
    try {
      writeFileSync(join(folder, "ca.pem"), bottleCa.certificatePem);
      const proxy = `http://127.0.0.1:${egress.proxy.port}`;
      const args = ["-sS", "--http2", "-x", proxy, "--cacert", join(folder, "ca.pem"), "-w", " %{http_version} %{http_code}"];
      const { stdout } = await promisify(execFile)("curl", [...args, "-d", "data=1", `https://${HOST}/x`]);
      expect(stdout).toBe("POST data=1 2 200");
      const refused = await promisify(execFile)("curl", [...args, "https://blocked.example.org/"]);
      expect(refused.stdout).toContain("403 bot-bottle: no route for blocked.example.org.");
      expect(refused.stdout).toContain(" 2 403");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("EGR-6: routes change under an HTTP/2 connection", () => {
  test("what the new table refuses ends, what it allows goes on, and the next request takes a new connection", async () => {
    let finish: (() => void) | null = null;
    await using upstream = await httpUpstream((request, response) => {
      response.write("begun");
      if (request.url === "/a") finish = () => response.end(" ended");
    });
    await using egress = await startEgress({ upstream, routes: [route({ pathAllowlist: ["/a", "/b"] })] });
    using client = await http2Client(egress);
    const kept = client.session.request({ ":path": "/a" });
    const revoked = client.session.request({ ":path": "/b" });
    const ends = Promise.all([answerOf(kept), answerOf(revoked)]);
    await Promise.all([kept, revoked].map((stream) => new Promise((heard) => stream.once("response", heard))));
    const goodbye = new Promise((heard) => client.session.once("goaway", heard));
    egress.proxy.setTable({ revision: 2, routes: [route({ pathAllowlist: ["/a"] })], grants: [] });
    await goodbye;
    (finish as (() => void) | null)?.();
    const [whole, cut] = await ends;
    expect(whole).toMatchObject({ status: 200, body: "begun ended", resetCode: 0 });
    expect(cut.resetCode).not.toBe(0);
    expect(egress.decisions).toMatchObject([
      { rule: "route-revoked", path: "/b" },
      { rule: "route", path: "/a" },
    ]);
  });

  test("an idle connection to a revoked host is closed", async () => {
    await using egress = await startEgress({ upstream: { port: 1 } });
    using client = await http2Client(egress);
    await new Promise((settled) => client.session.once("remoteSettings", settled));
    const closed = new Promise((heard) => client.session.once("close", heard));
    egress.proxy.setTable({ revision: 2, routes: [], grants: [] });
    await closed;
  });

  test("egress that closes lets exchanges end and takes no more", async () => {
    await using upstream = await httpUpstream((_request, response) => {
      response.write("begun");
      setImmediate(() => response.end(" ended"));
    });
    await using egress = await startEgress({ upstream });
    using client = await http2Client(egress);
    const stream = client.session.request({ ":path": "/" });
    const answer = answerOf(stream);
    await new Promise((heard) => stream.once("response", heard));
    await egress.proxy.close(10_000);
    expect(await answer).toMatchObject({ status: 200, body: "begun ended" });
  });
});

describe("EGR-5: HTTP/2 connections in time", () => {
  test("a stream in which nothing moves is answered 504, and the connection goes on", async () => {
    const clock = manualClock();
    const asked = Promise.withResolvers<void>();
    await using upstream = await httpUpstream((request, response) => (request.url === "/" ? asked.resolve() : void response.end("ok")));
    await using egress = await startEgress({ upstream, clock });
    using client = await http2Client(egress);
    const answer = ask(client, {});
    await asked.promise;
    clock.advance(900_001);
    expect(await answer).toMatchObject({ status: 504 });
    expect(await ask(client, { ":path": "/next" })).toMatchObject({ status: 200 });
  });

  test("a connection without requests is closed after a while, also under a client that only pings", async () => {
    const clock = manualClock();
    await using egress = await startEgress({ upstream: { port: 1 }, clock });
    using client = await http2Client(egress);
    await new Promise((pinged) => client.session.ping(pinged));
    const closed = new Promise((heard) => client.session.once("close", heard));
    clock.advance(300_001);
    clock.advance(2001);
    await closed;
  });
});

describe("EGR-4: a host without a route over HTTP/2", () => {
  test("is refused in words, in the tunnel, and the connection ends", async () => {
    await using egress = await startEgress({ upstream: { port: 1 } });
    using client = await http2Client(egress, { host: "blocked.example.org" });
    const closed = new Promise((heard) => client.session.once("close", heard));
    const answer = await ask(client, { ":method": "POST", ":path": "/x?key=secret" }, "body");
    expect(answer).toMatchObject({ status: 403, body: expect.stringContaining("no route for blocked.example.org. Rule: no-route.") });
    expect(answer.fields).toContain("x-bot-bottle-rule");
    expect(egress.decisions).toMatchObject([{ rule: "no-route", path: "/x?key=…", method: "POST", status: 403, protocol: "h2" }]);
    await closed;
    expect(egress.decisions).toHaveLength(1);
  });

  test("another SNI than the tunnel's host gets nothing forwarded", async () => {
    await using egress = await startEgress({ upstream: { port: 1 } });
    using client = await http2Client(egress, { sni: "evil.example", verify: false });
    expect(await ask(client, {})).toMatchObject({ status: 403, body: expect.stringContaining("Rule: sni-mismatch.") });
  });
});
