import { once } from "node:events";
import type { Http2SecureServer, IncomingHttpHeaders, SecureServerOptions, ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import { createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import type { Upstream } from "./harness.ts";
import { HOST, internetLeaves } from "./harness.ts";

export type Http2Listener = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => unknown;

/** A server of the internet that speaks HTTP/2, and nothing else unless `options` say so. */
export async function http2Upstream(
  listener: Http2Listener,
  onServer?: (server: Http2SecureServer) => void,
  options: SecureServerOptions = {},
): Promise<Upstream> {
  const server = createSecureServer({ SNICallback: (_name, done) => done(null, internetLeaves.contextFor(HOST)), ...options });
  const sessions = new Set<ServerHttp2Session>();
  server.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    listener(stream, headers);
  });
  server.on("session", (session) => {
    sessions.add(session);
    session.on("error", () => undefined);
    session.once("close", () => sessions.delete(session));
  });
  onServer?.(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const session of sessions) session.destroy();
      await closed;
    },
  };
}
