import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";

const PROGRAM = join(import.meta.dirname, "../../../dist/main/chromium.js");

/** The panel as its own process, as `npm start` runs it. */
export interface PanelProgram {
  /** Ends its browser, as closing the only window does; resolves with all it said once it has ended itself. */
  closeWindow(): Promise<string>;
}

export async function openPanelProgram(home: string, env: Readonly<Record<string, string>>): Promise<PanelProgram> {
  const child = spawn(process.execPath, [PROGRAM], {
    env: { ...process.env, ...env, BOT_BOTTLE_HEADLESS: "1" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const said = readAll(child);
  const ended = once(child, "exit");
  await expect.poll(() => browserOf(home, "--type=renderer"), { timeout: 20_000 }).not.toBeNull();
  return {
    closeWindow: async () => {
      process.kill((await browserOf(home, null)) as number, "SIGTERM");
      await ended;
      return said;
    },
  };
}

async function readAll(child: ChildProcess): Promise<string> {
  let text = "";
  for await (const chunk of child.stdout ?? []) text += String(chunk);
  return text;
}

/** The process of this home's browser that has the argument `type`, or the one without a type: the browser itself. */
async function browserOf(home: string, type: string | null): Promise<number | null> {
  const profile = `--user-data-dir=${join(home, "chromium")}`;
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const words = (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).split(/[\0 ]/);
    if (!words.includes(profile)) continue;
    if (type === null ? !words.some((word) => word.startsWith("--type=")) : words.includes(type)) return Number(pid);
  }
  return null;
}
