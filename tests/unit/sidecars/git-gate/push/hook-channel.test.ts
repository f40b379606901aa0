import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { HookChannel, installHooks } from "../../../../../sidecars/git-gate/push/hook-channel.ts";

const ID = "a".repeat(40);

describe("the hook that asks the gate (GIT-3)", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bb-hooks-"));
    installHooks(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** As git runs it: ref updates on its input, the gate's socket as file 3. */
  function run(input: string, objects = "/q"): { child: ChildProcess; channel: HookChannel; said: () => string } {
    const child = spawn(join(folder, "pre-receive"), [], {
      stdio: ["pipe", "ignore", "pipe", "pipe"],
      env: { PATH: process.env.PATH, GIT_OBJECT_DIRECTORY: objects },
    });
    let text = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
    return { child, channel: new HookChannel(child.stdio[3] as Duplex), said: () => text };
  }

  test("tells what git is about to do, prints what it is told, and does as it is told", async () => {
    for (const [verdict, code] of [
      ["accept", 0],
      ["refuse", 1],
    ] as const) {
      const { child, channel, said } = run(`${ID} ${ID} refs/heads/a\n${ID} ${ID} refs/heads/b\n`);
      expect(await channel.question).toEqual({
        objects: "/q",
        commands: ["a", "b"].map((name) => ({ old: ID, new: ID, ref: `refs/heads/${name}` })),
      });
      channel.say("wait $(touch /tmp/x) `id` \\n");
      channel.answer(verdict);
      expect(await once(child, "close")).toEqual([code, null]);
      expect(said()).toBe("wait $(touch /tmp/x) `id` \\n\n");
    }
  });

  test("without the gate's word the push is refused", async () => {
    const { child, channel } = run(`${ID} ${ID} refs/heads/a\n`);
    await channel.question;
    channel.close();
    expect(await once(child, "close")).toEqual([1, null]);
  });

  test("a push that brings no objects says so", async () => {
    const { child, channel } = run(`${ID} ${ID} refs/heads/a\n`, "");
    expect(await channel.question).toMatchObject({ objects: null });
    channel.answer("refuse");
    await once(child, "close");
  });

  test("a question without end is not waited for", async () => {
    const { child, channel } = run(`${ID} ${ID} refs/heads/${"x".repeat(3_000_000)}\n`);
    expect(await channel.question).toBeNull();
    child.kill("SIGKILL");
  });
});
