import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import type { TLSSocket } from "node:tls";
import { connect as connectTls, createServer } from "node:tls";
import { median } from "./drive.ts";

const EVENTS = 1000;
const WARM_UP = 200;

export interface EventDelayOptions {
  readonly host: string;
  readonly certificate: { readonly certFile: string; readonly keyFile: string };
  readonly internetCaPem: string;
  readonly bottleCaPem: string;
  readonly startEgress: (upstreamPort: number) => Promise<number>;
}

/** What egress adds to the one-way time of a streamed event, at the median, one connection. */
export async function medianEventDelayMs(options: EventDelayOptions): Promise<number> {
  const { certFile, keyFile } = options.certificate;
  const server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, (socket) => {
    socket.setNoDelay(true);
    socket.on("error", () => undefined);
    socket.once("data", () => sendEvents(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const egressPort = await options.startEgress(port);
  const direct = () => connectTls({ host: "127.0.0.1", port, servername: options.host, ca: options.internetCaPem });
  const proxied = () => throughEgress(egressPort, options);
  const delays = { direct: [] as number[], proxied: [] as number[] };
  for (let round = 0; round < 2; round += 1) {
    delays.direct.push(...(await eventDelays(direct(), options.host)));
    delays.proxied.push(...(await eventDelays(await proxied(), options.host)));
  }
  server.close();
  return median(delays.proxied) - median(delays.direct);
}

function sendEvents(socket: TLSSocket): void {
  socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
  let sent = 0;
  const timer = setInterval(() => {
    sent += 1;
    const event = `data: ${process.hrtime.bigint()} ${"x".repeat(80)}\n\n`;
    socket.write(`${event.length.toString(16)}\r\n${event}\r\n`);
    if (sent === EVENTS + WARM_UP) {
      clearInterval(timer);
      socket.end("0\r\n\r\n");
    }
  }, 1);
}

async function throughEgress(port: number, options: EventDelayOptions): Promise<TLSSocket> {
  const raw = connect({ port, host: "127.0.0.1", noDelay: true });
  raw.write(`CONNECT ${options.host}:443 HTTP/1.1\r\n\r\n`);
  await once(raw, "data");
  return connectTls({ socket: raw, servername: options.host, ca: options.bottleCaPem });
}

async function eventDelays(socket: TLSSocket, host: string): Promise<number[]> {
  const delays: number[] = [];
  socket.write(`GET /v1/events HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  socket.on("data", (chunk: Buffer) => {
    const at = process.hrtime.bigint();
    for (const found of chunk.toString("latin1").matchAll(/data: (\d+) /g)) delays.push(Number(at - BigInt(found[1] as string)) / 1e6);
    if (chunk.toString("latin1").endsWith("0\r\n\r\n")) socket.end();
  });
  await once(socket, "close");
  return delays.slice(WARM_UP);
}
