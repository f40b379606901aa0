import { once } from "node:events";
import { connect } from "node:net";
import type { TLSSocket } from "node:tls";
import { connect as connectTls, createSecureContext } from "node:tls";
import { bottleCa } from "../../unit/sidecars/egress/harness.ts";

const trusted = createSecureContext({ ca: bottleCa.certificatePem });
const sessions = new Map<string, Buffer>();

/** A tunnel through the proxy, resumed where it can be: handshakes would be most of the work. */
export async function tunnelTo(host: string, port: number, protocol: "h2" | "http/1.1"): Promise<TLSSocket> {
  const raw = connect({ port, host: "127.0.0.1", noDelay: true });
  raw.on("error", () => undefined);
  raw.write(`CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`);
  await once(raw, "data");
  const session = sessions.get(host);
  const resumed = session === undefined ? {} : { session };
  const socket = connectTls({ socket: raw, secureContext: trusted, servername: host, ALPNProtocols: [protocol], ...resumed });
  socket.on("session", (fresh) => sessions.set(host, fresh));
  socket.on("error", () => undefined);
  socket.once("close", () => raw.destroy());
  await once(socket, "secureConnect");
  return socket;
}
