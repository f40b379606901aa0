import { describe, expect, test } from "vitest";
import { HOST, rawUpstream, startEgress, tunnelClient } from "./harness.ts";
import { ask, http2Client } from "./http2-client.ts";
import { http2Upstream } from "./http2-upstream.ts";

const OF_A_HOP = ["Keep-Alive", "Upgrade", "Proxy-Connection", "HTTP2-Settings", "TE", "Connection", "Transfer-Encoding", "Content-Length"];
/** HTTP/2 holds these for fields of one value. */
const REPEATED = ["ETag: a\r\nETag: b", "Content-Type: a/b\r\nContent-Type: c/d", "__proto__: 1\r\n__proto__: 2"];

const chunked = (trailers: string) => `Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n${trailers}\r\n\r\n`;

async function answering(trailers: string) {
  return rawUpstream((socket) => {
    socket.on("data", (request: Buffer) => {
      const wanted = request.includes("GET /plain") ? "X-Note: 1" : trailers;
      socket.write(`HTTP/1.1 200 OK\r\n${chunked(wanted)}`);
    });
  });
}

describe("EGR-5: no trailer ends egress, wherever it comes from and goes to", () => {
  test.each(OF_A_HOP)("%s behind an answer breaks that answer alone", async (name) => {
    await using upstream = await answering(`${name}: 1`);
    await using egress = await startEgress({ upstream });
    using client = await http2Client(egress);
    const broken = await ask(client, {});
    expect(broken.status === 502 || broken.resetCode !== 0).toBe(true);
    expect(await egress.decision(({ rule }) => rule === "upstream-answer")).toMatchObject({ verdict: "failed" });
    expect(await ask(client, { ":path": "/plain" })).toMatchObject({ status: 200, body: "ok", trailers: ["x-note", "1"] });
  });

  test.each(REPEATED)("%j passes as it came", async (trailers) => {
    await using upstream = await answering(trailers);
    await using egress = await startEgress({ upstream });
    using client = await http2Client(egress);
    expect(await ask(client, {})).toMatchObject({ status: 200, body: "ok", resetCode: 0 });
    expect(await ask(client, { ":path": "/plain" })).toMatchObject({ status: 200, body: "ok" });
  });

  test.each([...OF_A_HOP.map((name) => `${name}: 1`), ...REPEATED])("%j behind a request for a server of HTTP/2", async (trailers) => {
    await using upstream = await http2Upstream((stream) => {
      stream.resume();
      stream.on("end", () => {
        stream.respond({ ":status": 200, "content-length": "2" });
        stream.end("ok");
      });
    });
    await using egress = await startEgress({ upstream });
    const post = `POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Type: application/grpc\r\n`;
    using client = await tunnelClient(egress);
    client.socket.write(`${post}${chunked(trailers)}`);
    const status = REPEATED.includes(trailers) ? 200 : 400;
    expect((await client.reader.answer()).status).toBe(status);
    using next = await tunnelClient(egress);
    next.socket.write(`${post}Content-Length: 2\r\n\r\nok`);
    expect(await next.reader.answer()).toMatchObject({ status: 200, body: "ok" });
  });
});
