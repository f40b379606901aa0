import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";

const CTL = new URL("../../../../sidecars/ctl/ctl", import.meta.url).pathname;

describe("ctl, the control channel's end inside the container (SID-3)", () => {
  const folder = mkdtempSync(join(tmpdir(), "bb-ctl-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("is a shell script that parses", () => {
    expect(spawnSync("sh", ["-n", CTL]).status).toBe(0);
  });

  test("carries bytes unchanged, and an answer that comes after its input has ended", async () => {
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256));
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      const chunks: Buffer[] = [];
      socket.on("data", (chunk) => chunks.push(chunk));
      socket.on("end", () => setImmediate(() => socket.end(Buffer.concat(chunks))));
    });
    server.listen(join(folder, "control.sock"));
    await once(server, "listening");
    const ctl = spawn(CTL, [], { env: { ...process.env, BOT_BOTTLE_STATE: folder }, stdio: ["pipe", "pipe", "inherit"] });
    const received: Buffer[] = [];
    ctl.stdout.on("data", (chunk: Buffer) => received.push(chunk));
    ctl.stdin.end(bytes);
    const [code] = await once(ctl, "close");
    expect(code).toBe(0);
    expect(Buffer.concat(received)).toEqual(bytes);
    server.close();
  });
});
