import { describe, expect, test } from "vitest";
import { CREDENTIAL_FIELDS, CREDENTIAL_QUERY_KEYS } from "../../../../sidecars/egress/policy/credential-carriers.ts";
import type { Upstream } from "./harness.ts";
import { HOST, httpUpstream, plainClient, Reader, rawUpstream, route, startEgress, tunnelClient } from "./harness.ts";

const OTHER = "other.example.com";
const auth = { scheme: "Bearer", tokenRef: "TOKEN" };
const secrets = { TOKEN: "canary-3f9a77" };

/** Answers every request with nothing, and keeps what came. */
async function recordingUpstream(seen: string[], answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"): Promise<Upstream> {
  return rawUpstream(async (socket) => {
    const reader = new Reader(socket);
    for (;;) {
      seen.push(await reader.until("\r\n\r\n"));
      socket.write(answer);
    }
  });
}

describe("EGR-3: credentials of the agent's own", () => {
  test("leave by no listed carrier where one is injected: they could be an account of an attacker's", async () => {
    const seen: string[] = [];
    await using upstream = await recordingUpstream(seen);
    await using egress = await startEgress({ upstream, routes: [route({ auth })], secrets });
    using client = await tunnelClient(egress);
    const fields = CREDENTIAL_FIELDS.flatMap((name) => [`${name}: agent`, `${name.toUpperCase().replaceAll("-", "_")}: agent`]);
    const query = CREDENTIAL_QUERY_KEYS.map((key) => `${key}=agent`).join("&");
    client.socket.write(
      `GET /p?q=1&${query};KEY=agent&%6Bey=agent HTTP/1.1\r\nHost: ${HOST}\r\nKeep: yes\r\n${fields.join("\r\n")}\r\n\r\n`,
    );
    expect((await client.reader.answer()).status).toBe(200);
    expect(seen[0]).toBe(
      `GET /p?q=1 HTTP/1.1\r\nHost: ${HOST}\r\nKeep: yes\r\nAccept-Encoding: identity\r\nAuthorization: Bearer ${secrets.TOKEN}\r\n\r\n`,
    );
  });

  test("stay where none is injected, but for what the route names", async () => {
    const seen: string[] = [];
    await using upstream = await recordingUpstream(seen);
    await using egress = await startEgress({ upstream, routes: [route({ strip: { headers: ["X-Mine"] } })] });
    using client = await tunnelClient(egress);
    client.socket.write(`GET /p?key=mine HTTP/1.1\r\nHost: ${HOST}\r\nX-Api-Key: mine\r\nX-Mine: no\r\n\r\n`);
    await client.reader.answer();
    expect(seen[0]).toBe(`GET /p?key=mine HTTP/1.1\r\nHost: ${HOST}\r\nX-Api-Key: mine\r\n\r\n`);
  });

  test("do not leave in trailers", async () => {
    const seen: string[] = [];
    await using upstream = await rawUpstream(async (socket) => {
      seen.push(await new Reader(socket).rest());
    });
    await using egress = await startEgress({ upstream, routes: [route({ auth })], secrets });
    using client = await tunnelClient(egress);
    client.socket.write(`POST / HTTP/1.1\r\nHost: ${HOST}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n`);
    client.socket.write("0\r\nX_Api_Key: agent\r\n\r\n");
    await client.reader.rest();
    await egress.decision(({ rule }) => rule === "malformed-request");
    expect(seen.join("")).not.toContain("agent");
  });

  test("do not leave in a WebSocket's list of subprotocols, nor in any piece of a cookie", async () => {
    const seen: string[] = [];
    await using upstream = await recordingUpstream(seen, "HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n");
    const strip = { cookies: ["session"] };
    await using egress = await startEgress({ upstream, routes: [route({ auth, strip, websocket: true })], secrets });
    using client = await tunnelClient(egress);
    client.socket.write(
      `GET / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nCookie: session=agent; a=b\r\nCookie: session=agent\r\n` +
        "Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.agent\r\nSec-WebSocket-Extensions: permessage-deflate\r\nX-Api-Key: agent\r\n\r\n",
    );
    await client.reader.answer();
    expect(seen[0]).toContain("Sec-WebSocket-Protocol: realtime\r\n");
    expect(seen[0]).toContain("Cookie: a=b\r\n");
    expect(seen[0]).not.toMatch(/agent|session|permessage/);
  });
});

describe("EGR-3: an injected credential", () => {
  test("does not follow a redirect: the next request is decided on its own", async () => {
    const seen: string[] = [];
    await using upstream = await httpUpstream((request, response) => {
      seen.push(`${request.headers.host} ${request.headers.authorization ?? "none"}`);
      if (request.headers.host === HOST) response.writeHead(307, { location: `https://${OTHER}/next` }).end();
      else response.end("arrived");
    }, HOST);
    await using second = await httpUpstream((request, response) => {
      seen.push(`${request.headers.host} ${request.headers.authorization ?? "none"}`);
      response.end("arrived");
    }, OTHER);
    await using first = await startEgress({ upstream, routes: [route({ auth }), route({ host: OTHER })], secrets });
    await using next = await startEgress({ upstream: second, routes: [route({ auth }), route({ host: OTHER })], secrets });
    using client = await tunnelClient(first);
    client.socket.write(`GET / HTTP/1.1\r\nHost: ${HOST}\r\nAuthorization: Bearer placeholder\r\n\r\n`);
    expect(await client.reader.until("\r\n\r\n")).toContain(`location: https://${OTHER}/next`);
    // What a client does that follows with everything it sent before.
    using follower = await tunnelClient(next, { host: OTHER });
    follower.socket.write(`GET /next HTTP/1.1\r\nHost: ${OTHER}\r\nAuthorization: Bearer placeholder\r\n\r\n`);
    await follower.reader.until("arrived");
    expect(seen).toEqual([`${HOST} Bearer ${secrets.TOKEN}`, `${OTHER} none`]);
  });

  test("never goes by plain HTTP, whether the proxy is asked or a tunnel", async () => {
    const seen: string[] = [];
    await using upstream = await recordingUpstream(seen);
    await using egress = await startEgress({ upstream, routes: [route({ auth })], secrets });
    using plain = await plainClient(egress);
    plain.socket.write(`GET http://${HOST}/ HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    expect(await plain.reader.rest()).toContain("tls-required");
    using tunnel = await plainClient(egress);
    tunnel.socket.write(`CONNECT ${HOST}:443 HTTP/1.1\r\n\r\n`);
    await tunnel.reader.until("\r\n\r\n");
    tunnel.socket.write(`GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    expect(await tunnel.reader.rest()).toContain("tls-required");
    expect(seen).toEqual([]);
  });
});
