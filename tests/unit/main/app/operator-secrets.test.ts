import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { whereIs } from "../../../../main/setup/checkout.mjs";

const PROGRAM = resolve(import.meta.dirname, "../../../support/secrets/lookup-program.ts");
const bash = whereIs("bash") ?? "/bin/bash";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "bot-bottle-dock-"));
  await writeFile(join(home, ".bash_profile"), "export DOCK_TOKEN=from-the-login-shell\n");
});
afterEach(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));

/** What is found by a process that is started as given. */
async function lookUp(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const child = spawn(program, args, {
    env: { HOME: home, BOT_BOTTLE_HOME: join(home, "bot-bottle"), PATH: process.env.PATH ?? "", SHELL: bash, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [line = ""] = (await text(child.stdout)).trim().split("\n").slice(-1);
  return JSON.parse(line);
}

describe("a panel's environment (ENV-2)", () => {
  it("launched from the dock, is the login shell's for what it lacks itself", async () => {
    const panel = [PROGRAM, "panel", "DOCK_TOKEN"];
    expect(await lookUp(process.execPath, panel)).toEqual({ value: "from-the-login-shell", loginShell: "used" });
    expect(await lookUp(process.execPath, panel, { DOCK_TOKEN: "own" })).toEqual({ value: "own", loginShell: null });
    expect(await lookUp(process.execPath, panel, { SHELL: "/nonexistent/sh" })).toEqual({ value: null, loginShell: "failed" });
  });

  it("launched from a terminal, is that of the terminal's shell already: no other is asked", async () => {
    const onTerminal = `EXEC:${[process.execPath, PROGRAM, "panel", "DOCK_TOKEN"].join(" ")},pty,setsid,ctty`;
    expect(await lookUp("socat", ["-t1", "-u", onTerminal, "STDOUT"])).toEqual({ value: null, loginShell: null });
  });

  it("is not asked for by a command: whoever runs one has an environment", async () => {
    expect(await lookUp(process.execPath, [PROGRAM, "cli", "DOCK_TOKEN"])).toEqual({ value: null, loginShell: null });
  });
});
