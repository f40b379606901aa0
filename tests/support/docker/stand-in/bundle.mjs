// Stands in for the sidecar bundle where only the backend is tested: answers what it is sent, denies every name.
import { createSocket } from "node:dgram";
import { readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSocketServer } from "node:net";

const state = "/var/lib/bot-bottle";
const { listenHost } = JSON.parse(readFileSync(`${state}/config.json`, "utf8"));

const resolver = createSocket("udp4");
resolver.on("message", (query, peer) => {
  const answer = Buffer.from(query);
  answer.writeUInt16BE(0x8183, 2);
  resolver.send(answer, peer.port, peer.address);
});
resolver.bind(53, listenHost);

createServer((_request, response) => response.end("egress\n")).listen(9099, listenHost);

rmSync(`${state}/control.sock`, { force: true });
createSocketServer((peer) => peer.pipe(peer).on("error", () => {})).listen(`${state}/control.sock`);

process.on("SIGTERM", () => process.exit(0));
