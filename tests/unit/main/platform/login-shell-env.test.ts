import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LoginShellAnswer } from "../../../../main/platform/login-shell-env.ts";
import { askLoginShell } from "../../../../main/platform/login-shell-env.ts";
import { whereIs } from "../../../../main/setup/checkout.mjs";

const CANARY = "canary-login-4fe1";
const SHELLS = process.platform === "linux" ? ["bash", "dash", "zsh", "fish"] : ["bash", "zsh"];

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "bot-bottle-shell-"));
});
afterEach(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));

/** Everything that any of the shells reads when it begins. */
async function startUpFiles(posix: string, fish: string): Promise<void> {
  const files = { ".profile": posix, ".bash_profile": posix, ".bashrc": posix, ".zshrc": posix, ".config/fish/config.fish": fish };
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(home, name)), { recursive: true });
    await writeFile(join(home, name), content);
  }
}

const pathOf = (shell: string): string => whereIs(shell) ?? shell;

function ask(shell: string, timeoutMs = 30_000): Promise<LoginShellAnswer> {
  const env = { HOME: home, PATH: process.env.PATH, GITHUB_TOKEN: "not handed to the shell" };
  return askLoginShell({ shell: pathOf(shell), env, folder: home, timeoutMs });
}

const valueIn = (answer: LoginShellAnswer, name: string) => (answer.state === "used" ? answer.env.get(name) : answer.detail);

describe.each(SHELLS)("the login shell's environment, of %s (ENV-2)", (shell) => {
  it("holds what its start-up files export, line breaks and all", async () => {
    await startUpFiles(`export GITHUB_TOKEN=${CANARY}\nexport TWO="a\nB=c"\n`, `set -gx GITHUB_TOKEN ${CANARY}\nset -gx TWO "a\nB=c"\n`);
    const answer = await ask(shell);
    expect(valueIn(answer, "GITHUB_TOKEN")).toBe(CANARY);
    expect(valueIn(answer, "TWO")).toBe("a\nB=c");
    expect(answer.state === "used" && answer.env.has("B")).toBe(false);
    expect(answer.detail).not.toContain(CANARY);
  });

  it("is found among whatever they print, also as if it were the answer", async () => {
    const noise = "printf 'Welcome!\\0GITHUB_TOKEN=forged\\0\\n'; printf 'to stderr' >&2\n";
    await startUpFiles(`${noise}export GITHUB_TOKEN=${CANARY}\n`, `${noise}set -gx GITHUB_TOKEN ${CANARY}\n`);
    expect(valueIn(await ask(shell), "GITHUB_TOKEN")).toBe(CANARY);
  });

  it("is given up when they wait, and what they started ends with them", async () => {
    const pidFile = join(home, "pid");
    await startUpFiles(`echo $$ > ${pidFile}\nsleep 600\n`, `echo $fish_pid > ${pidFile}\nsleep 600\n`);
    const answer = await ask(shell, 1_500);
    expect(answer).toEqual({ state: "failed", detail: expect.stringContaining("did not answer within 1.5 s") });
    const pid = Number(await readFile(pidFile, "utf8").catch(() => "0"));
    await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false);
  });

  it("does not wait for what they leave running", async () => {
    const background = "sleep 20 &\n";
    await startUpFiles(`${background}export GITHUB_TOKEN=${CANARY}\n`, `${background}set -gx GITHUB_TOKEN ${CANARY}\n`);
    expect(valueIn(await ask(shell), "GITHUB_TOKEN")).toBe(CANARY);
  });

  it("is a failure that is told when they end the shell", async () => {
    await startUpFiles("exec true\n", "exec true\n");
    expect(await ask(shell)).toEqual({ state: "failed", detail: expect.stringContaining("did not print its environment") });
  });
});

describe("a login shell (ENV-2)", () => {
  it("that prints without end is stopped", async () => {
    await startUpFiles("while :; do printf '%065536d' 0; done\n", "");
    expect(await ask("bash")).toEqual({ state: "failed", detail: expect.stringContaining("far more than an environment") });
  });

  it("that is none, is not there or is not known, is reported", async () => {
    const options = { env: { HOME: home }, folder: home, timeoutMs: 5_000 };
    const detail = async (shell: string | null) => (await askLoginShell({ ...options, shell })).detail;
    expect(await detail(null)).toContain("no login shell");
    expect(await detail("bash")).toContain("no login shell");
    expect(await detail("/usr/sbin/nologin")).toContain("not a shell");
    expect(await detail("/nonexistent/sh")).toContain("cannot be started (ENOENT)");
  });

  it("is not handed what this process holds", async () => {
    await startUpFiles("", "");
    expect(valueIn(await ask("bash"), "GITHUB_TOKEN")).toBeUndefined();
  });
});

function isAlive(pid: number): boolean {
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
