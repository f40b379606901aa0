import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { startEngine } from "../../../main/setup/engine.mjs";

let folder: string;
let socket: string;
let log: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bot-bottle-engine-"));
  socket = join(folder, "engine.sock");
  log = join(folder, "engine.log");
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** A program that stands in for dockerd; it ends itself so that no test leaves one behind. */
function engine(script: string): string[] {
  return [process.execPath, "-e", script, socket];
}

const answersOnce = `
  const server = require("node:http").createServer((request, response) => response.end("OK", () => process.exit()));
  console.log("listening");
  server.listen(process.argv[1]);
`;

/** Its socket leads to one that appears later, and no change beside it tells when. */
const listensLater = `
  const { mkdirSync, symlinkSync } = require("node:fs");
  const later = process.argv[1] + ".d/later.sock";
  mkdirSync(process.argv[1] + ".d");
  symlinkSync(later, process.argv[1]);
  setTimeout(() => require("node:http").createServer((request, response) => response.end("OK", () => process.exit())).listen(later), 200);
`;

const tellsItsEnvironment = `console.log(JSON.stringify(process.env)); process.exit(3)`;

describe("starting an engine (PKG-1)", () => {
  test("is done when the engine answers", async () => {
    await startEngine({ command: engine(answersOnce), socket, log, deadlineMs: 15_000 });
    expect(readFileSync(log, "utf8")).toContain("listening");
  });

  test("a socket that is there before anybody listens is asked again", async () => {
    await startEngine({ command: engine(listensLater), socket, log, deadlineMs: 15_000 });
  });

  test("it does not inherit the operator's credentials (ENV-3)", async () => {
    vi.stubEnv("BOT_BOTTLE_CLAUDE_OAUTH_TOKEN", "canary-engine-77");
    const started = startEngine({ command: engine(tellsItsEnvironment), socket, log, deadlineMs: 15_000 });
    await expect(started).rejects.toThrow("ended with code 3");
    expect(readFileSync(log, "utf8")).toContain('"PATH"');
    expect(readFileSync(log, "utf8")).not.toContain("canary");
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
