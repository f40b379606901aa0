import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startEngine } from "../../../main/setup/engine.mjs";

let folder: string;
let socket: string;
let log: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bot-bottle-engine-"));
  socket = join(folder, "engine.sock");
  log = join(folder, "engine.log");
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A program that stands in for dockerd; it ends itself so that no test leaves one behind. */
function engine(script: string): string[] {
  return [process.execPath, "-e", script, socket];
}

const answersOnce = `
  const server = require("node:http").createServer((request, response) => response.end("OK", () => process.exit()));
  console.log("listening");
  server.listen(process.argv[1]);
`;

describe("starting an engine (PKG-1)", () => {
  test("is done when the engine answers", async () => {
    await startEngine({ command: engine(answersOnce), socket, log, deadlineMs: 15_000 });
    expect(readFileSync(log, "utf8")).toContain("listening");
  });

  test("an engine that ends says why", async () => {
    const command = engine(`console.error("no permission for iptables"); process.exit(3)`);
    await expect(startEngine({ command, socket, log, deadlineMs: 15_000 })).rejects.toThrow(
      /ended with code 3[\s\S]*no permission for iptables/,
    );
  });

  test("an engine that never answers is given up", async () => {
    const command = engine("process.stdin.resume(); setTimeout(() => {}, 1500)");
    await expect(startEngine({ command, socket, log, deadlineMs: 200 })).rejects.toThrow("did not answer in time");
  });
});
