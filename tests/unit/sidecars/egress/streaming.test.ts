import { once } from "node:events";
import type { TLSSocket } from "node:tls";
import { describe, expect, test } from "vitest";
import { agentFrame } from "./content/agent-frames.ts";
import { HOST, httpUpstream, Reader, rawUpstream, route, startEgress, tunnelClient } from "./harness.ts";

const get = (path: string, extra = "") => `GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\n${extra}\r\n`;

describe("EGR-5: answers", () => {
  test("events arrive one by one", async () => {
    let send: ((text: string) => void) | null = null;
    const asked = Promise.withResolvers<void>();
    await using upstream = await httpUpstream((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.flushHeaders();
      send = (text) => response.write(text);
      asked.resolve();
    });
    await using egress = await startEgress({ upstream });
    using client = await tunnelClient(egress);
    client.socket.write(get("/events"));
    await asked.promise;
    await client.reader.until("\r\n\r\n");
    for (const event of ["data: one\n\n", "data: two\n\n"]) {
      (send as ((text: string) => void) | null)?.(event);
      expect(await client.reader.until("\n\n")).toContain(event);
    }
  });

  test("a slow reader costs no memory", async () => {
    const size = 64 * 1024 * 1024;
    let sent = 0;
    await using upstream = await httpUpstream((_request, response) => {
      response.writeHead(200, { "content-length": size });
      const block = Buffer.alloc(64 * 1024);
      const pump = () => {
        while (sent < size) {
          sent += block.length;
          if (!response.write(block)) return response.once("drain", pump);
        }
        return response.end();
      };
      pump();
    });
    await using egress = await startEgress({ upstream });
    using client = await tunnelClient(egress);
    client.socket.pause();
    const quiet = Promise.withResolvers<void>();
    client.socket.write(get("/big"));
    // Everything between is full once the upstream stops being drained.
    let last = -1;
    const timer = setInterval(() => {
      if (sent === last && sent > 0) quiet.resolve();
      last = sent;
    }, 100);
    await quiet.promise;
    clearInterval(timer);
    expect(sent).toBeLessThan(24 * 1024 * 1024);
    client.socket.resume();
    await client.reader.until("\r\n\r\n");
    await client.reader.skip(size);
  }, 30_000);

  test.each([
    ["HEAD with a length", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "Content-Length: 5\r\n\r\n"],
    ["204", "GET", "HTTP/1.1 204 No Content\r\n\r\n", "204 No Content\r\n\r\n"],
    ["304 with a length", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "Content-Length: 5\r\n\r\n"],
    ["no phrase", "GET", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n"],
    [
      "chunked with trailers",
      "GET",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n",
      "3\r\nabc\r\n0\r\nX: y\r\n\r\n",
    ],
    [
      "early hints",
      "GET",
      "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nz",
      "Content-Length: 1\r\n\r\nz",
    ],
  ])("%s keeps the connection in step", async (_name, method, answer, end) => {
    await using upstream = await rawUpstream((socket) => socket.on("data", () => socket.write(answer)));
    await using egress = await startEgress({ upstream });
    using client = await tunnelClient(egress);
    for (let round = 0; round < 2; round += 1) {
      client.socket.write(`${method} / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
      await client.reader.until(end);
    }
  });

  test("a body that ends with the connection ends the agent's too", async () => {
    await using upstream = await rawUpstream((socket) => socket.on("data", () => socket.end("HTTP/1.0 200 OK\r\n\r\nabc")));
    await using egress = await startEgress({ upstream });
    using client = await tunnelClient(egress);
    client.socket.write(get("/"));
    expect(await client.reader.rest()).toBe("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc");
  });

  test.each([
    ["CL and TE", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc"],
    ["TE gzip", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc"],
    ["bare LF", "HTTP/1.1 200 OK\nContent-Length: 0\n\n\r\n\r\n"],
    ["folded", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n"],
    ["not HTTP", "SSH-2.0-x\r\n\r\n"],
    ["HTTP/2", "HTTP/2 200\r\n\r\n"],
    ["a huge head", `HTTP/1.1 200 OK\r\nX: ${"a".repeat(70_000)}\r\n\r\n`],
    ["unasked 101", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"],
    ["interim flood", "HTTP/1.1 100 Continue\r\n\r\n".repeat(40)],
    ["nothing", ""],
  ])("malformed: %s is upstream-answer", async (_name, answer) => {
    await using upstream = await rawUpstream((socket) =>
      socket.once("data", () => (answer === "" ? socket.end() : socket.write(answer, "latin1"))),
    );
    await using egress = await startEgress({ upstream });
    using client = await tunnelClient(egress);
    client.socket.write(get("/"));
    await client.reader.until("HTTP/1.1 502 Bad Gateway (bot-bottle: upstream-answer)");
    expect(egress.decisions).toMatchObject([{ verdict: "failed", rule: "upstream-answer", status: 502 }]);
  });

  test("a truncated answer breaks the agent's connection", async () => {
    await using upstream = await rawUpstream((socket) =>
      socket.on("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")),
    );
    await using egress = await startEgress({ upstream });
    using client = await tunnelClient(egress);
    client.socket.write(get("/"));
    expect(await client.reader.rest()).toMatch(/abc$/);
    expect(egress.decisions).toMatchObject([{ verdict: "failed", rule: "upstream-answer", status: 200 }]);
  });

  test("bytes after an answer poison no later one", async () => {
    let connections = 0;
    await using upstream = await rawUpstream((socket) => {
      connections += 1;
      socket.on("data", () =>
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"),
      );
    });
    await using egress = await startEgress({ upstream });
    using client = await tunnelClient(egress);
    for (let round = 0; round < 3; round += 1) {
      client.socket.write(get("/"));
      expect((await client.reader.answer()).body).toBe("ok");
    }
    expect(connections).toBe(3);
  });
});

describe("EGR-5: requests", () => {
  test("100-continue reaches the agent before it sends the body", async () => {
    await using upstream = await httpUpstream((request, response) => request.resume().on("end", () => response.end("done")));
    await using egress = await startEgress({ upstream });
    using client = await tunnelClient(egress);
    client.socket.write(`POST / HTTP/1.1\r\nHost: ${HOST}\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n`);
    await client.reader.until("HTTP/1.1 100 Continue\r\n\r\n");
    client.socket.write("abc");
    expect((await client.reader.answer()).body).toBe("done");
  });

  test("an answer during the upload arrives, and the connection goes on after it", async () => {
    await using upstream = await httpUpstream((request, response) => {
      if (request.method === "POST") response.writeHead(413).end("too much");
      else response.end("next");
    });
    await using egress = await startEgress({ upstream });
    using client = await tunnelClient(egress);
    client.socket.write(`POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 200000\r\n\r\n${"x".repeat(1000)}`);
    await client.reader.until("0\r\n\r\n");
    client.socket.write("x".repeat(199_000));
    client.socket.write(get("/"));
    expect(await client.reader.until("next")).toContain("200 OK");
  });

  test("a refused upload is drained and the connection goes on", async () => {
    await using upstream = await httpUpstream((_request, response) => response.end("ok"));
    await using egress = await startEgress({ upstream, routes: [route({ methods: ["GET"] })] });
    using client = await tunnelClient(egress);
    client.socket.write(`POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 100000\r\n\r\n${"x".repeat(100_000)}${get("/")}`);
    expect((await client.reader.answer()).status).toBe(403);
    expect((await client.reader.answer()).body).toBe("ok");
  });

  test("a refused endless upload is cut", async () => {
    await using egress = await startEgress({
      upstream: { port: 1 },
      routes: [route({ methods: ["GET"] })],
      limits: { drainBytes: 50_000 },
    });
    using client = await tunnelClient(egress);
    client.socket.write(`POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 10000000\r\n\r\n${"x".repeat(200_000)}`);
    expect(await client.reader.rest()).toContain("Rule: method.");
  });

  test("pipelined requests are answered in order", async () => {
    await using upstream = await httpUpstream((request, response) => response.end(request.url));
    await using egress = await startEgress({ upstream });
    using client = await tunnelClient(egress);
    client.socket.write(get("/1") + get("/2") + get("/3"));
    for (const path of ["/1", "/2", "/3"]) expect((await client.reader.answer()).body).toBe(path);
  });

  test("an agent that asks and never reads is not asked for", async () => {
    let asked = 0;
    const body = Buffer.alloc(64 * 1024);
    await using upstream = await httpUpstream((_request, response) => {
      asked += 1;
      response.end(body);
    });
    await using egress = await startEgress({ upstream });
    using client = await tunnelClient(egress);
    client.socket.pause();
    client.socket.write(get("/").repeat(10_000));
    const quiet = Promise.withResolvers<void>();
    let last = -1;
    const timer = setInterval(() => {
      if (asked === last && asked > 0) quiet.resolve();
      last = asked;
    }, 100);
    await quiet.promise;
    clearInterval(timer);
    expect(asked).toBeLessThan(1000);
    client.socket.resume();
    for (let answers = 0; answers < 100; answers += 1) expect((await client.reader.answer()).status).toBe(200);
  });

  test("a head that drips in byte by byte is read", async () => {
    await using upstream = await httpUpstream((_request, response) => response.end("ok"));
    await using egress = await startEgress({ upstream });
    using client = await tunnelClient(egress);
    client.socket.setNoDelay(true);
    for (const byte of get("/drip")) await new Promise<void>((sent) => client.socket.write(byte, () => sent()));
    expect((await client.reader.answer()).body).toBe("ok");
  });

  test("a kept connection that the server closed meanwhile is replaced, once, for a GET", async () => {
    const sockets: TLSSocket[] = [];
    await using upstream = await rawUpstream((socket) => {
      const number = sockets.push(socket);
      let requests = 0;
      socket.on("data", () => {
        requests += 1;
        if (number === 1 && requests === 2) socket.destroy();
        else socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      });
    });
    await using egress = await startEgress({ upstream });
    using client = await tunnelClient(egress);
    for (let round = 0; round < 3; round += 1) {
      client.socket.write(get("/"));
      expect((await client.reader.answer()).body).toBe("ok");
    }
    expect(sockets).toHaveLength(2);
    expect(egress.decisions.map(({ verdict }) => verdict)).toEqual(["allowed", "allowed", "allowed"]);
  });

  test("a POST is never sent twice", async () => {
    let posts = 0;
    await using upstream = await rawUpstream((socket) => {
      let requests = 0;
      socket.on("data", (chunk: Buffer) => {
        requests += 1;
        if (chunk.includes("POST")) posts += 1;
        if (requests === 2) socket.destroy();
        else socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      });
    });
    await using egress = await startEgress({ upstream });
    using client = await tunnelClient(egress);
    client.socket.write(get("/"));
    await client.reader.answer();
    client.socket.write(`POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 1\r\n\r\nx`);
    expect((await client.reader.answer()).status).toBe(502);
    expect(posts).toBe(1);
  });

  test("an agent that goes away takes its upstream connection with it", async () => {
    const gone = Promise.withResolvers<void>();
    await using upstream = await httpUpstream((request, response) => {
      response.write("begun");
      request.once("close", () => gone.resolve());
    });
    await using egress = await startEgress({ upstream });
    const client = await tunnelClient(egress);
    client.socket.write(get("/"));
    await client.reader.until("begun");
    client.socket.destroy();
    await gone.promise;
    await egress.decision(({ reason }) => reason.includes("closed the connection early"));
  });
});

describe("EGR-5: WebSocket", () => {
  const upgrade = get(
    "/ws",
    "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nAuthorization: Bearer placeholder\r\n",
  );

  test("is relayed with the credential where the route allows it", async () => {
    const seen: string[] = [];
    await using upstream = await rawUpstream(async (socket) => {
      const reader = new Reader(socket);
      seen.push(await reader.until("\r\n\r\n"));
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: y\r\n\r\nhello");
      socket.write(`echo:${await reader.until("!")}`);
      await once(socket, "end");
    });
    const auth = { scheme: "Bearer", tokenRef: "TOKEN", inject: "replace" };
    await using egress = await startEgress({ upstream, routes: [route({ websocket: true, auth })], secrets: { TOKEN: "canary-2" } });
    using client = await tunnelClient(egress);
    client.socket.write(Buffer.concat([Buffer.from(upgrade), agentFrame("early!")]));
    expect(await client.reader.until("early!")).toMatch(/Upgrade: websocket.*echo:/s);
    expect(seen[0]).toContain("Authorization: Bearer canary-2\r\n");
    expect(seen[0]).not.toContain("placeholder");
    client.socket.end();
    const decision = await egress.decision(({ status }) => status === 101);
    expect(decision).toMatchObject({ verdict: "allowed", tokenRef: "TOKEN" });
  });

  test("is answered 426 where the plain request would pass, and the connection stays", async () => {
    await using upstream = await httpUpstream((_request, response) => response.end("plain"));
    await using egress = await startEgress({ upstream });
    using client = await tunnelClient(egress);
    client.socket.write(upgrade);
    expect(await client.reader.answer()).toMatchObject({ status: 426, body: expect.stringContaining("Rule: websocket.") });
    client.socket.write(get("/"));
    expect((await client.reader.answer()).body).toBe("plain");
  });
});
