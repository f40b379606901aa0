// A terminal host as a process of its own, whose one agent is a counter that prints what it is sent.
import { closeSync, writeSync } from "node:fs";
import { startTerminalHost } from "../../../main/terminals/terminal-host.ts";
import { FakeTerminal, terminalBackend } from "./fake-terminal.ts";

const agent = new FakeTerminal();
agent.print(`agent of process ${process.pid}\r\n`);
agent.input.on("data", (chunk: Buffer) => agent.print(`[${chunk.toString("utf8")}]\r\n`));

const host = await startTerminalHost({
  socketPath: process.env.FAKE_HOST_SOCKET as string,
  build: process.env.FAKE_HOST_BUILD as string,
  backends: [terminalBackend(async () => agent)],
  logger: { log: () => undefined },
  idleMs: 60_000,
});
writeSync(3, "ready\n");
closeSync(3);
if (host !== null) {
  await host.idle;
  await host[Symbol.asyncDispose]();
}
process.exit(0);
