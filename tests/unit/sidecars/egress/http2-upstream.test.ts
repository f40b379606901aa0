import type { createSecureServer } from "node:http2";
import { describe, expect, test } from "vitest";
import { HOST, httpUpstream, route, startEgress, tunnelClient } from "./harness.ts";
import { answerOf, ask, http2Client } from "./http2-client.ts";
import type { Http2Listener } from "./http2-upstream.ts";
import { http2Upstream } from "./http2-upstream.ts";

const grpc = { ":method": "POST", "content-type": "application/grpc", te: "trailers" };

/** Answers a call as a gRPC server does: with its status in the trailers. */
const echoCall: Http2Listener = (stream) => {
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0", "grpc-message": "fine" }));
  stream.pipe(stream);
};

describe("EGR-5: a server that speaks HTTP/2 only", () => {
  test("a gRPC call goes through with its credential, its trailers and both directions open", async () => {
    const seen: string[] = [];
    await using upstream = await http2Upstream((stream, headers) => {
      seen.push(`${headers[":method"]} ${headers[":authority"]}${headers[":path"]} ${headers.authorization} te=${headers.te}`);
      echoCall(stream, headers);
    });
    const auth = { scheme: "Bearer", tokenRef: "TOKEN" };
    await using egress = await startEgress({ upstream, routes: [route({ auth })], secrets: { TOKEN: "canary-3" } });
    using client = await http2Client(egress);
    const call = client.session.request({ ...grpc, ":path": "/pkg.Service/Call", authorization: "Bearer placeholder" });
    const heard = new Promise((first) => call.once("data", (chunk: Buffer) => first(chunk.toString())));
    const answer = answerOf(call);
    call.write("one ");
    expect(await heard).toBe("one ");
    call.end("two");
    expect(await answer).toMatchObject({
      status: 200,
      body: "one two",
      resetCode: 0,
      trailers: ["grpc-status", "0", "grpc-message", "fine"],
    });
    expect(seen).toEqual([`POST ${HOST}/pkg.Service/Call Bearer canary-3 te=trailers`]);
    expect(await egress.decision(() => true)).toMatchObject({ verdict: "allowed", protocol: "h2", tokenRef: "TOKEN", status: 200 });
  });

  test("an answer of trailers alone is one", async () => {
    await using upstream = await http2Upstream((stream) => stream.respond({ ":status": 200, "grpc-status": "12" }, { endStream: true }));
    await using egress = await startEgress({ upstream });
    using client = await http2Client(egress);
    const answer = await ask(client, grpc, "call");
    expect(answer).toMatchObject({ status: 200, body: "" });
    expect(answer.fields.join(" ")).toContain("grpc-status 12");
  });

  test("many calls share one connection to the server", async () => {
    let connections = 0;
    await using upstream = await http2Upstream(echoCall, (server) => server.on("session", () => (connections += 1)));
    await using egress = await startEgress({ upstream });
    using client = await http2Client(egress);
    const answers = await Promise.all(Array.from({ length: 40 }, (_, at) => ask(client, grpc, `call ${at}`)));
    expect(answers.map(({ body }) => body)).toEqual(Array.from({ length: 40 }, (_, at) => `call ${at}`));
    expect(connections).toBe(1);
  });

  test("an agent of HTTP/1.1 is served as well, with and without lengths", async () => {
    await using upstream = await http2Upstream((stream, headers) => {
      if (headers[":path"] === "/length") stream.respond({ "content-length": "2", "set-cookie": ["a=1", "b=2"] });
      else stream.respond();
      stream.end("ok");
    });
    await using egress = await startEgress({ upstream });
    using client = await tunnelClient(egress);
    for (let round = 0; round < 2; round += 1) {
      client.socket.write(`GET /length HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
      expect(await client.reader.answer()).toMatchObject({ status: 200, body: "ok", head: expect.stringContaining("set-cookie: b=2\r\n") });
      client.socket.write(`GET /chunks HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
      expect(await client.reader.until("0\r\n\r\n")).toContain("Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n");
      client.socket.write(`HEAD /length HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
      expect(await client.reader.until("\r\n\r\n")).toContain("content-length: 2");
    }
  });

  test("a server that speaks both is asked in HTTP/1.1", async () => {
    const versions: string[] = [];
    const both = (server: ReturnType<typeof createSecureServer>) => server.on("request", (request) => versions.push(request.httpVersion));
    await using upstream = await http2Upstream((stream) => stream.end(), both, { allowHTTP1: true });
    await using egress = await startEgress({ upstream });
    using client = await http2Client(egress);
    void ask(client, {});
    await expect.poll(() => versions).toEqual(["1.1"]);
  });

  test("gRPC for a server without HTTP/2 fails in words", async () => {
    await using upstream = await httpUpstream((_request, response) => response.end());
    await using egress = await startEgress({ upstream });
    using client = await http2Client(egress);
    expect(await ask(client, grpc, "call")).toMatchObject({ status: 502, body: expect.stringContaining("Rule: upstream-unreachable.") });
  });

  test("WebSocket for a server without HTTP/1.1 fails in words", async () => {
    await using upstream = await http2Upstream(echoCall);
    await using egress = await startEgress({ upstream, routes: [route({ websocket: true })] });
    using client = await tunnelClient(egress);
    client.socket.write(`GET /ws HTTP/1.1\r\nHost: ${HOST}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    expect(await client.reader.answer()).toMatchObject({ status: 502, body: expect.stringContaining("Rule: upstream-answer.") });
  });
});

describe("EGR-5: hostile and failing servers of HTTP/2", () => {
  test.each<[string, Http2Listener]>([
    ["a reset before the answer", (stream) => stream.close(2)],
    ["a lost connection", (stream) => stream.session?.destroy()],
  ])("%s never looks complete", async (_name, listener) => {
    await using upstream = await http2Upstream(listener);
    await using egress = await startEgress({ upstream });
    using client = await http2Client(egress);
    const answer = await ask(client, grpc, "call");
    expect(answer.status === 502 || answer.resetCode !== 0).toBe(true);
    expect(egress.decisions).toMatchObject([{ verdict: "failed", rule: "upstream-answer" }]);
  });

  test.each<[string, Http2Listener]>([
    ["a connection lost in the body", (stream) => stream.respond() ?? stream.write("abc", () => stream.session?.destroy())],
    ["a truncated body", (stream) => stream.respond({ "content-length": "10" }) ?? stream.end("abc")],
    [
      "a reset in the body",
      (stream) => {
        stream.respond({}, { waitForTrailers: true });
        stream.write("abc", () => stream.close(2));
      },
    ],
    [
      "a forbidden trailer",
      (stream) => {
        stream.respond({}, { waitForTrailers: true });
        stream.on("wantTrailers", () => stream.sendTrailers({ "set-cookie": "a=1" }));
        stream.end("abc");
      },
    ],
  ])("%s breaks the agent's stream", async (_name, listener) => {
    await using upstream = await http2Upstream(listener);
    await using egress = await startEgress({ upstream });
    using client = await http2Client(egress);
    expect((await ask(client, grpc, "call")).resetCode).not.toBe(0);
    expect(egress.decisions).toMatchObject([{ verdict: "failed", rule: "upstream-answer" }]);
  });

  test("a slow agent holds the server back", async () => {
    let sent = 0;
    const size = 64 * 1024 * 1024;
    await using upstream = await http2Upstream((stream) => {
      stream.on("error", () => undefined);
      stream.respond();
      const block = Buffer.alloc(64 * 1024);
      const pump = (): void => {
        sent += block.length;
        if (sent < size) stream.write(block, pump);
        else stream.end();
      };
      pump();
    });
    await using egress = await startEgress({ upstream });
    using client = await http2Client(egress);
    const stream = client.session.request(grpc);
    stream.end("call");
    stream.pause();
    await new Promise((heard) => stream.once("response", heard));
    let last = -1;
    const quiet = () => {
      const before = last;
      last = sent;
      return before === sent;
    };
    await expect.poll(quiet, { interval: 200, timeout: 15_000 }).toBe(true);
    expect(sent).toBeLessThan(size / 2);
    let received = 0;
    stream.on("data", (chunk: Buffer) => {
      received += chunk.length;
    });
    stream.resume();
    await new Promise((ended) => stream.once("end", ended));
    expect(received).toBe(size - 64 * 1024);
  });

  test("a call that the agent gives up is given up at the server", async () => {
    const gone = Promise.withResolvers<void>();
    await using upstream = await http2Upstream((stream) => {
      stream.on("error", () => undefined);
      stream.respond();
      stream.once("close", () => gone.resolve());
    });
    await using egress = await startEgress({ upstream });
    using client = await http2Client(egress);
    const stream = client.session.request(grpc);
    await new Promise((heard) => stream.once("response", heard));
    stream.close(8);
    await gone.promise;
  });

  test("calls after a connection was lost get a new one", async () => {
    await using upstream = await http2Upstream((stream, headers) => {
      stream.end("ok");
      if (headers[":path"] === "/last") stream.once("close", () => stream.session?.close());
    });
    await using egress = await startEgress({ upstream });
    using client = await http2Client(egress);
    for (const path of ["/", "/last", "/", "/last", "/"]) {
      const answer = await ask(client, { ...grpc, ":path": path }, "call");
      expect(answer).toMatchObject({ status: 200, body: "ok" });
    }
  });
});
