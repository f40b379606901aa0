import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCli } from "../../../../main/cli/run.ts";

const CANARY = "canary-cli-9b1e";
const PASSPHRASE = "three blind mice ran";
const PROGRAM = resolve(import.meta.dirname, "../../../../main/cli/main.ts");

let folder: string;
let env: Record<string, string>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bot-bottle-cli-secrets-"));
  await writeFile(join(folder, "passphrase"), PASSPHRASE, { mode: 0o600 });
  // No engine and no desktop: what is tried here needs neither.
  env = {
    HOME: folder,
    PATH: process.env.PATH ?? "",
    BOT_BOTTLE_HOME: join(folder, "home"),
    BOT_BOTTLE_PASSPHRASE_FILE: join(folder, "passphrase"),
    DOCKER_HOST: "unix:///nonexistent/docker.sock",
  };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function run(args: readonly string[], stdin = "") {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const own = { stdin: Readable.from([Buffer.from(stdin)]), stdout, stderr, env, cwd: () => folder, on: () => own, off: () => own };
  const code = await runCli(args, own as unknown as Parameters<typeof runCli>[1]);
  stdout.end();
  stderr.end();
  return { code, stdout: await text(stdout), stderr: await text(stderr) };
}

/** A row of `secrets list --json`. */
async function row(name: string): Promise<unknown> {
  const { rows } = JSON.parse((await run(["secrets", "list", "--json"])).stdout) as { rows: { name: string }[] };
  return rows.find((each) => each.name === name);
}

describe("`bot-bottle secrets` (CLI-1, ENV-2)", () => {
  it("makes the store with the first value, lists, replaces and removes it, and never prints it", async () => {
    const said = [
      await run(["secrets", "list"]),
      await run(["secrets", "set", "GITHUB_TOKEN"], `${CANARY}\n`),
      await run(["secrets", "set", "GITHUB_TOKEN", "--json"], `${CANARY}2\n`),
      await run(["secrets", "unlock-check"]),
      await run(["secrets", "list"]),
    ];
    expect(said.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
    expect(said.map(({ stdout, stderr }) => stdout + stderr).join()).not.toContain(CANARY);
    expect(await row("GITHUB_TOKEN")).toMatchObject({ source: "store", lastUsedAt: null });
    expect((await run(["secrets", "remove", "GITHUB_TOKEN", "--yes"])).code).toBe(0);
    expect(await row("GITHUB_TOKEN")).toBeUndefined();
    expect((await run(["secrets", "remove", "GITHUB_TOKEN", "--yes"])).code).toBe(3);
  });

  it("takes a private key from a file as it is, and a piped token without its line's end", async () => {
    const key = `-----BEGIN OPENSSH PRIVATE KEY-----\n${CANARY}\n-----END OPENSSH PRIVATE KEY-----\n`;
    await writeFile(join(folder, "key"), key);
    await run(["secrets", "set", "GIT_KEY", "--from-file", join(folder, "key")]);
    await run(["secrets", "set", "TOKEN"], `${CANARY}\r\n`);
    const { openOperatorSecrets } = await import("../../../../main/app/operator-secrets.ts");
    const { homePaths } = await import("../../../../main/platform/home.ts");
    const { systemClock } = await import("../../../../main/platform/clock.ts");
    const { source } = openOperatorSecrets({
      home: homePaths(env),
      env,
      clock: systemClock,
      role: "cli",
      keychain: null,
      askPassphrase: null,
    });
    expect((await source.resolve("GIT_KEY"))?.reveal()).toBe(key);
    expect((await source.resolve("TOKEN"))?.reveal()).toBe(CANARY);
  });

  it.each<readonly [string, readonly string[], string, number]>([
    ["a value given as an argument", ["set", "TOKEN", CANARY], "", 2],
    ["a name that is none", ["set", "a b"], CANARY, 2],
    ["an empty value", ["set", "TOKEN"], "\n", 2],
    ["a value above 64 KiB", ["set", "TOKEN"], "x".repeat(64 * 1024 + 1), 2],
    ["a file that is not there", ["set", "TOKEN", "--from-file", "/nonexistent/file"], "", 2],
    ["a store that is there", ["create"], "", 7],
  ])("refuses %s", async (_what, args, stdin, code) => {
    await run(["secrets", "create"]);
    const before = await readFile(join(folder, "home/secrets/store.json"));
    const result = await run(["secrets", ...args], stdin);
    expect(result.code).toBe(code);
    expect(result.stdout + result.stderr).not.toContain("x".repeat(100));
    expect(await readFile(join(folder, "home/secrets/store.json"))).toEqual(before);
  });

  it("without a way to the passphrase says what to do, and changes nothing", async () => {
    await run(["secrets", "set", "TOKEN"], CANARY);
    await writeFile(join(folder, "passphrase"), "not the passphrase");
    expect(await run(["secrets", "set", "OTHER"], "x")).toMatchObject({ code: 1, stderr: expect.stringContaining("not the passphrase") });
    delete env.BOT_BOTTLE_PASSPHRASE_FILE;
    expect(await run(["secrets", "unlock-check"])).toMatchObject({
      code: 6,
      stderr: expect.stringContaining("BOT_BOTTLE_PASSPHRASE_FILE"),
    });
    expect(await row("TOKEN")).toMatchObject({ source: "store" });
  });

  it("changes the passphrase from a file", async () => {
    await run(["secrets", "set", "TOKEN"], CANARY);
    await writeFile(join(folder, "new"), "a wholly different one", { mode: 0o600 });
    expect((await run(["secrets", "passphrase", "change", "--from-file", join(folder, "new")])).code).toBe(0);
    expect((await run(["secrets", "unlock-check"])).code).toBe(1);
    await rm(join(folder, "passphrase"));
    await writeFile(join(folder, "passphrase"), "a wholly different one", { mode: 0o600 });
    expect((await run(["secrets", "unlock-check"])).code).toBe(0);
  });

  it("on a terminal asks hidden, twice for a new passphrase, again for a wrong one (ENV-2)", async () => {
    delete env.BOT_BOTTLE_PASSPHRASE_FILE;
    const made = await converse(
      ["secrets", "set", "TOKEN"],
      [
        ["New passphrase", PASSPHRASE],
        ["The same once more", PASSPHRASE],
        ["Value of TOKEN", CANARY],
      ],
    );
    expect(made).toMatchObject({ code: 0, screen: expect.stringContaining("TOKEN is stored") });
    const opened = await converse(
      ["secrets", "unlock-check"],
      [
        ["Passphrase of the secret store", "wrong at first"],
        ["That is not it. Passphrase", PASSPHRASE],
      ],
    );
    expect(opened).toMatchObject({ code: 0, screen: expect.stringContaining("opens here") });
    for (const secret of [PASSPHRASE, CANARY, "wrong at first"]) expect(made.screen + opened.screen).not.toContain(secret);
    const stored = await readdir(join(folder, "home/secrets"));
    expect(stored).toContain("store.json");
  }, 60_000);
});

/** Runs the command on a terminal of its own and answers what it asks, one question after the other. */
async function converse(args: readonly string[], answers: readonly (readonly [string, string])[]) {
  const program = `EXEC:${[process.execPath, PROGRAM, ...args].join(" ")},pty,setsid,ctty,stderr`;
  const terminal = spawn("socat", ["-t1", "STDIO", program], { env: { ...env, TERM: "xterm" }, cwd: folder, stdio: "pipe" });
  const waiting = [...answers];
  let screen = "";
  let unread = "";
  terminal.stdout.on("data", (data: Buffer) => {
    screen += data.toString();
    unread += data.toString();
    const [next] = waiting;
    if (next === undefined || !unread.includes(next[0])) return;
    waiting.shift();
    unread = "";
    terminal.stdin.write(`${next[1]}\r`);
  });
  const code = await new Promise<number | null>((resolve) => terminal.once("close", resolve));
  return { code, screen };
}
