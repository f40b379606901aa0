import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { GateUnderTest, REPO } from "../../support/git-gate/gate-under-test.ts";
import type { GitClient, GitResult } from "../../support/git-gate/git-client.ts";
import { newKey } from "../../support/git-gate/ssh-upstream.ts";

const TOLD_WITHIN_MS = 15_000;

/** Clone, fetch and push, each refused within the time and with a reason that the client shows. */
async function allRefused(gate: GateUnderTest, agent: GitClient, reason: RegExp, count = 3): Promise<void> {
  const commands = [
    ["ls-remote", gate.url()],
    ["-C", agent.work, "fetch", "origin"],
    ["-C", agent.work, "push", "origin", "HEAD:refs/heads/x"],
  ];
  for (const command of commands.slice(-count)) {
    const began = performance.now();
    const result: GitResult = await agent.run(...command);
    expect(result.code).not.toBe(0);
    expect(result.stderr).toMatch(/remote error: |remote: /);
    expect(result.stderr).toMatch(reason);
    expect(performance.now() - began).toBeLessThan(TOLD_WITHIN_MS);
  }
}

describe("an upstream that cannot be asked: fetch and push fail closed, in time and with the reason (GIT-2)", () => {
  let gate: GateUnderTest;
  let agent: GitClient;
  let stack: AsyncDisposableStack;

  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    gate = stack.use(await GateUnderTest.start());
    agent = stack.use(await gate.clone());
  });

  beforeEach(async () => {
    expect((await agent.git("fetch", "origin")).stderr).toBe("");
  });

  afterAll(async () => {
    await stack.disposeAsync();
  });

  test("it is down", async () => {
    await gate.upstream.stop();
    await allRefused(gate, agent, /127\.0\.0\.1:\d+ cannot be reached \(.*Connection refused.*\): try again later/);
    await gate.operator.until(() => gate.operator.frames.find((f) => f.type === "git" && f.repos[0]?.refresh === "failed"));
    await gate.upstream.resume();
  });

  test("it answers no more, but hangs up on nobody", async () => {
    await gate.upstream.freeze("SIGSTOP");
    await allRefused(gate, agent, /cannot be reached/, 1);
    await gate.upstream.freeze("SIGCONT");
  });

  test("its host key is another one", async () => {
    const [type = "", key = ""] = (await gate.upstream.hostKey()).split(" ");
    const saved = await readFile(join(gate.upstream.root, "host"));
    await gate.upstream.stop();
    await gate.upstream.newHostKey();
    await gate.upstream.resume();
    expect(await gate.upstream.hostKey()).not.toBe(`${type} ${key}`);
    await allRefused(gate, agent, /does not prove itself with the pinned host key/);
    await gate.upstream.stop();
    await gate.upstream.restoreHostKey(saved);
    await gate.upstream.resume();
  });

  test("it does not accept the key", async () => {
    const other = join(gate.upstream.root, "other");
    await newKey(other);
    await gate.giveKey(await readFile(other, "utf8"));
    await allRefused(gate, agent, /does not accept this repository's SSH key/);
    await gate.giveKey();
  });

  test("the repository is not there any more", async () => {
    await using moved = await gate.upstream.moved(REPO);
    await allRefused(gate, agent, /refused: .*not appear to be a git repository/);
    expect(moved).toBeDefined();
  });

  test("no key was given, it was taken back, or it has expired; the status says so (SSH-4)", async () => {
    await gate.operator.request({ type: "set-keys", keys: { [REPO]: null } });
    await allRefused(gate, agent, /the SSH key of project is not here/);
    await gate.giveKey(undefined, 1);
    await gate.operator.until(() => gate.operator.frames.find((f) => f.type === "git" && f.repos[0]?.key === "expired"));
    await allRefused(gate, agent, /the SSH key of project has expired here/);
    await gate.giveKey();
    expect(gate.repo).toMatchObject({ key: "ready", keyExpiresAt: expect.any(String) });
  });
});

describe("keys (SSH-4)", () => {
  test("one that cannot be used is answered with what to do, and never quoted", async () => {
    await using gate = await GateUnderTest.start();
    await newKey(join(gate.upstream.root, "locked"), "correct horse");
    const locked = await readFile(join(gate.upstream.root, "locked"), "utf8");
    const whole = await gate.upstream.privateKey();
    const cases: [string, RegExp][] = [
      [locked, /protected by a passphrase/],
      [whole.slice(0, 120), /cannot be read/],
      [await readFile(join(gate.upstream.root, "client.pub"), "utf8"), /is not a private key: give what ssh-keygen wrote/],
      ["-----BEGIN OPENSSH PRIVATE KEY-----\n$(touch /tmp/x)\n-----END OPENSSH PRIVATE KEY-----\n", /cannot be read/],
      ["", /is not a private key/],
    ];
    for (const [privateKey, reason] of cases) {
      const answer = await gate.operator.request({ type: "set-keys", keys: { [REPO]: { privateKey, lifetimeSeconds: 60 } } });
      expect(answer).toMatchObject({ type: "failed", code: "bad-request", message: expect.stringMatching(reason) });
      if (privateKey.length > 60) expect(JSON.stringify(answer)).not.toContain(privateKey.slice(40, 60));
    }
    const unknown = await gate.operator.request({ type: "set-keys", keys: { other: { privateKey: whole, lifetimeSeconds: 60 } } });
    expect(unknown).toMatchObject({ type: "failed", message: expect.stringContaining("no repository other") });
    // The one that was given first still works.
    await using _agent = await gate.clone();
  });

  test("with Windows line ends and no last newline it is taken all the same", async () => {
    await using gate = await GateUnderTest.start();
    await gate.giveKey((await gate.upstream.privateKey()).replaceAll("\n", "\r\n").trimEnd());
    await using _agent = await gate.clone();
  });

  test("when the ssh-agent dies the status says that the key is missing, and it can be given again", async () => {
    await using gate = await GateUnderTest.start();
    const agent = (await gate.processes()).find(({ command }) => command.startsWith("ssh-agent"))!;
    process.kill(agent.pid, "SIGKILL");
    const keeper = (await gate.processes()).find(({ command }) => command.includes("SSH_AGENT_PID"))!;
    process.kill(keeper.pid, "SIGKILL");
    await gate.operator.until(() => gate.operator.frames.findLast((f) => f.type === "git" && f.repos[0]?.key === "missing"));
    await gate.giveKey();
    await using _agent = await gate.clone();
  });

  test("nothing of it is on disk, in arguments or in environments; it ends with the bundle, kill -9 included", async () => {
    await using gate = await GateUnderTest.start();
    await using _agent = await gate.clone();
    const secret = (await gate.upstream.privateKey()).split("\n")[3]!;
    const files = await readdir(gate.folder.path, { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile())) {
      expect(await readFile(join(file.parentPath, file.name), "latin1")).not.toContain(secret);
    }
    const processes = await gate.processes();
    expect(processes.some(({ command }) => command.startsWith("ssh-agent"))).toBe(true);
    for (const { command, environment } of processes) expect(command + environment).not.toContain(secret);
    await gate.bundle.kill();
    await expect.poll(() => gate.alive(processes), { timeout: 30_000 }).toEqual([]);
    await gate.restart();
    expect(gate.repo).toMatchObject({ key: "missing" });
  });
});
