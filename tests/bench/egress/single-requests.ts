import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { TLSSocket } from "node:tls";
import { connect as connectTls } from "node:tls";
import type { Bed } from "./bed.ts";
import { HOST, NEW_HOSTS, startProxy, usageOf } from "./bed.ts";
import { median } from "./drive.ts";

const SLOW_BYTES = 200 * 1024 * 1024;
const SLOW_MS = 3000;

/** What a host's first request takes longer than without egress: CONNECT, two handshakes and all. */
export async function addedFirstRequestMs(bed: Bed): Promise<number> {
  const added: number[] = [];
  for (const host of NEW_HOSTS) {
    const direct = await firstRequestMs(host, () => secure(bed, host, null));
    added.push((await firstRequestMs(host, () => secure(bed, host, bed.egress.port))) - direct);
  }
  return median(added);
}

async function firstRequestMs(host: string, open: () => Promise<TLSSocket>): Promise<number> {
  const begun = performance.now();
  const socket = await open();
  socket.write(`GET /v1/bytes/1024 HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  await once(socket, "data");
  socket.destroy();
  return performance.now() - begun;
}

async function secure(bed: Bed, host: string, proxyPort: number | null): Promise<TLSSocket> {
  const raw = connect({ port: proxyPort ?? bed.upstreamPort, host: "127.0.0.1", noDelay: true });
  if (proxyPort !== null) {
    raw.write(`CONNECT ${host}:443 HTTP/1.1\r\n\r\n`);
    await once(raw, "data");
  }
  const ca = readFileSync(join(bed.folder, proxyPort === null ? "internet.pem" : "bottle.pem"));
  const socket = connectTls({ socket: raw, servername: host, ca });
  await once(socket, "secureConnect");
  return socket;
}

/** How much egress grows while an agent hardly reads what is sent to it. */
export async function slowReaderGrowthMiB(stack: AsyncDisposableStack, bed: Bed): Promise<number> {
  const proxy = await startProxy(stack, { ...bed.start, kind: "egress", upstreamPort: bed.upstreamPort });
  await firstRequestMs(HOST, () => secure(bed, HOST, proxy.port));
  const socket = await secure(bed, HOST, proxy.port);
  const before = await usageOf(proxy.process);
  socket.pause();
  socket.write(`GET /v1/bytes/${SLOW_BYTES} HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
  await pause(SLOW_MS);
  const after = await usageOf(proxy.process);
  socket.destroy();
  proxy.process.kill();
  return Math.max(0, after.rssMiB - before.rssMiB);
}
