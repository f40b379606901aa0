// The terminal host as its own process; its agent floods on request and echoes what is typed meanwhile into the top row.
import { closeSync, writeSync } from "node:fs";
import { PassThrough } from "node:stream";
import type { TerminalStream } from "../../../main/backends/backend.ts";
import { startTerminalHost } from "../../../main/terminals/terminal-host.ts";
import { terminalBackend } from "../../support/terminals/fake-terminal.ts";
import { colouredLog, END_MARK } from "./coloured-log.ts";

const CHUNK_BYTES = 64 * 1024;

/** Prints `log` as fast as it is read, `rounds` times, and the echo of what is typed between two chunks. */
function floodingAgent(): TerminalStream {
  const output = new PassThrough({ highWaterMark: CHUNK_BYTES });
  const input = new PassThrough();
  let echo = "";
  const flood = async (rounds: number) => {
    const log = Buffer.from(colouredLog());
    for (let sent = 0; sent < log.length * rounds; sent += CHUNK_BYTES) {
      if (!output.write(log.subarray(sent % log.length, (sent % log.length) + CHUNK_BYTES)))
        await new Promise((resolve) => output.once("drain", resolve));
      if (echo !== "") output.write(`\x1b7\x1b[1;1H${echo}\x1b8`);
      echo = "";
      // Room for what is typed, which a process of its own would read anyway.
      await new Promise((resolve) => setImmediate(resolve));
    }
    output.write(`\r\n${END_MARK}\r\n`);
  };
  input.on("data", (chunk: Buffer) => {
    const typed = chunk.toString();
    const rounds = /^flood (\d+)$/.exec(typed)?.[1];
    if (rounds === undefined) echo = typed;
    else {
      output.write("\x1b[2J\x1b[2;24r\x1b[24;1H");
      void flood(Number(rounds));
    }
  });
  return {
    output,
    input,
    resize: async () => undefined,
    exited: new Promise(() => undefined),
    [Symbol.asyncDispose]: async () => void output.destroy(),
  };
}

const host = await startTerminalHost({
  socketPath: process.env.FAKE_HOST_SOCKET as string,
  build: "bench",
  backends: [terminalBackend(async () => floodingAgent())],
  logger: { log: () => undefined },
  idleMs: 500,
});
writeSync(3, "ready\n");
closeSync(3);
process.on("SIGTERM", () => process.exit(0));
await host?.idle;
process.exit(0);
