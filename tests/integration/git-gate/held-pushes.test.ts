import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { McpPeer } from "../../support/bundle/mcp-peer.ts";
import { fakeTokens } from "../../support/git-gate/fake-tokens.ts";
import { GateUnderTest, REPO } from "../../support/git-gate/gate-under-test.ts";
import type { GitClient } from "../../support/git-gate/git-client.ts";
import { resultOf } from "../../support/git-gate/git-client.ts";

const token = fakeTokens().find(({ rule }) => rule === "github-pat")!;
const LEAK = { "config.ts": `export const key = "${token.secret}";\n` };

/** A gate that holds findings; its clients wait so long for the operator. */
function holding(responseTimeoutSeconds: number): Promise<GateUnderTest> {
  return GateUnderTest.start({ repo: { onFinding: "hold" }, config: { responseTimeoutSeconds } });
}

async function heldFolders(gate: GateUnderTest): Promise<string[]> {
  return await readdir(join(gate.folder.path, "git", "held"));
}

async function pushLeak(agent: GitClient, branch: string): Promise<string> {
  const commit = await agent.commit(LEAK, `For ${branch}`);
  const { code, stderr } = await agent.git("push", "origin", `HEAD:refs/heads/${branch}`);
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/remote: bot-bottle: held as demo-k3v9q\.g\d+: a string that looks like a secret was found in it/);
  expect(stderr).toContain("proposal-status");
  expect(stderr).not.toContain(token.secret);
  return commit;
}

describe("a push with findings, where the bottle holds it (GIT-6)", () => {
  let gate: GateUnderTest;
  let stack: AsyncDisposableStack;

  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    gate = stack.use(await holding(0.2));
  });

  afterAll(async () => {
    await stack.disposeAsync();
  });

  test("waits for the operator, who sees commits, findings and a diff without the secret; forwarded, it is upstream and up to date", async () => {
    await using agent = await gate.clone();
    const commit = await pushLeak(agent, "forwarded");
    const held = await gate.heldPush("forwarded");
    expect(held.push).toMatchObject({ verdict: "held", rule: "finding", findingCount: 1, commits: [{ id: commit }] });
    expect(JSON.stringify(gate.operator.frames)).not.toContain(token.secret);
    const diff = await gate.readPush(held);
    expect(diff).toMatchObject({ type: "push-diff", files: [{ path: "config.ts", change: "added" }], cut: false });
    expect(JSON.stringify(diff)).not.toContain(token.secret);
    expect(await gate.upstream.hasObject(REPO, commit)).toBe(false);
    expect(await gate.decide(held, "forwarded", "a test key")).toMatchObject({ type: "done" });
    expect(await gate.upstream.ref(REPO, "refs/heads/forwarded")).toBe(commit);
    expect((await agent.git("push", "origin", "HEAD:refs/heads/forwarded")).stderr).toContain("Everything up-to-date");
    expect(await gate.decide(held, "refused")).toMatchObject({ type: "failed", code: "conflict" });
    expect(await heldFolders(gate)).toEqual([]);
  });

  test("refused with a note: the same push hears it, and is not filed again", async () => {
    await using agent = await gate.clone();
    const commit = await pushLeak(agent, "refused");
    const held = await gate.heldPush("refused");
    expect(await gate.decide(held, "refused", "use the vault")).toMatchObject({ type: "done" });
    const again = await agent.git("push", "origin", "HEAD:refs/heads/refused");
    expect(again.stderr).toContain(`the operator refused the same push as ${held.push.id}; note: use the vault`);
    expect(await gate.upstream.hasObject(REPO, commit)).toBe(false);
    expect(gate.held.filter(({ status }) => status === "held")).toEqual([]);
    expect(await heldFolders(gate)).toEqual([]);
  });

  test("the same push again joins the one that waits; proposal-status knows it", async () => {
    await using agent = await gate.clone();
    await pushLeak(agent, "joined");
    const held = await gate.heldPush("joined");
    const again = await agent.git("push", "origin", "HEAD:refs/heads/joined");
    expect(again.stderr).toContain(`held as ${held.push.id}`);
    expect(gate.held.filter(({ status }) => status === "held")).toHaveLength(1);
    await using mcp = await McpPeer.connect(gate.bundle.supervisePort);
    const pending = await mcp.call("proposal-status", { id: held.push.id });
    expect(pending.structuredContent).toMatchObject({ status: "pending", push_id: held.push.id });
    await gate.decide(held, "refused", "no");
    const rejected = await mcp.call("proposal-status", { id: held.push.id });
    expect(rejected.structuredContent).toMatchObject({ status: "rejected", note: "no" });
  });

  test("a held push is invisible: no client can fetch it, and a push upon it is scanned wholly", async () => {
    await using agent = await gate.clone();
    const commit = await pushLeak(agent, "hidden");
    const held = await gate.heldPush("hidden");
    await using other = await gate.clone();
    expect((await other.git("fetch", "origin", commit)).code).not.toBe(0);
    await agent.commit({ "config.ts": "export {};\n" }, "Remove it again");
    await agent.git("push", "origin", "HEAD:refs/heads/upon");
    const upon = await gate.operator.until(() => gate.held.find(({ push }) => push.refs[0]?.ref === "refs/heads/upon"));
    expect(upon.push).toMatchObject({ findingCount: 1, commitCount: 2 });
    await gate.decide(held, "refused");
    await gate.decide(upon, "refused");
  });

  test.each([
    ["another digest", { digest: "0".repeat(64) }, "conflict"],
    ["findings that were not named", { allowedFindings: [] }, "bad-request"],
    ["an unknown push", { pushId: "demo-k3v9q.g999" }, "not-found"],
  ])("a decision of %s changes nothing", async (what, parts, code) => {
    await using agent = await gate.clone();
    const branch = `changed-${what.replaceAll(" ", "-")}`;
    await pushLeak(agent, branch);
    const held = await gate.heldPush(branch);
    const allowedFindings = held.push.findings.map(({ fingerprint }) => fingerprint);
    const decision = { pushId: held.push.id, digest: held.digest, by: "op", note: "", verdict: "forwarded" as const, allowedFindings };
    expect(await gate.operator.request({ type: "decide-push", ...decision, ...parts })).toMatchObject({ type: "failed", code });
    expect(await gate.upstream.ref(REPO, `refs/heads/${branch}`)).toBeNull();
    expect(await gate.decide(held, "refused")).toMatchObject({ type: "done" });
  });

  test("when the branch has moved upstream it can never be forwarded: it is withdrawn and says why", async () => {
    await using agent = await gate.clone();
    await pushLeak(agent, "main");
    const held = await gate.heldPush("main");
    await gate.upstream.git(REPO, "update-ref", "refs/heads/main", await gate.upstream.emptyCommit(REPO, "main"));
    expect(await gate.decide(held, "forwarded")).toMatchObject({
      type: "failed",
      code: "apply-failed",
      message: expect.stringContaining("has moved upstream"),
    });
    await gate.operator.until(() => gate.held.find(({ push, status }) => push.id === held.push.id && status === "withdrawn"));
    expect(gate.pushes.at(-1)).toMatchObject({ id: held.push.id, verdict: "failed", rule: "upstream-moved" });
  });

  test("when the upstream is down or refuses, it stays held and can be forwarded later", async () => {
    await using agent = await gate.clone();
    const commit = await pushLeak(agent, "later");
    const held = await gate.heldPush("later");
    await gate.upstream.stop();
    expect(await gate.decide(held, "forwarded")).toMatchObject({ type: "failed", message: expect.stringContaining("cannot be reached") });
    await gate.upstream.resume();
    await gate.upstream.hook(REPO, "pre-receive", "echo closed for today >&2; exit 1");
    expect(await gate.decide(held, "forwarded")).toMatchObject({ type: "failed", message: expect.stringContaining("closed for today") });
    await gate.upstream.hook(REPO, "pre-receive", "exit 0");
    expect(await gate.decide(held, "forwarded")).toMatchObject({ type: "done" });
    expect(await gate.upstream.ref(REPO, "refs/heads/later")).toBe(commit);
  });

  test("it survives kill -9, with its objects, and is forwarded after the key was given again", async () => {
    await using agent = await gate.clone();
    const commit = await pushLeak(agent, "survivor");
    const before = await gate.heldPush("survivor");
    await gate.restart();
    const held = await gate.heldPush("survivor");
    expect(held).toEqual(before);
    expect(await gate.decide(held, "forwarded")).toMatchObject({
      type: "failed",
      message: expect.stringContaining("key of project is not here"),
    });
    await gate.giveKey();
    expect(await gate.readPush(held)).toMatchObject({ type: "push-diff", files: [{ path: "config.ts" }] });
    expect(await gate.decide(held, "forwarded")).toMatchObject({ type: "done" });
    expect(await gate.upstream.ref(REPO, "refs/heads/survivor")).toBe(commit);
  });
});

describe("kill -9 while the operator's forwarding is under way (GIT-6)", () => {
  test.each([0, 150, 600])("%i ms after it reached the upstream: it is forwarded once and told once", async (moment) => {
    await using gate = await holding(0.2);
    await using agent = await gate.clone();
    const commit = await pushLeak(agent, "killed");
    const held = await gate.heldPush("killed");
    await gate.upstream.hook(REPO, "pre-receive", `touch ${join(gate.upstream.root, "reached")}; sleep 0.3`);
    gate.decide(held, "forwarded").catch(() => "the channel breaks");
    await gate.upstream.reached();
    await pause(moment);
    await gate.restart();
    await gate.upstream.hook(REPO, "pre-receive", "exit 0");
    await gate.giveKey();
    await gate.operator.request({ type: "refresh-repo", repo: REPO });
    const after = gate.held.find(({ push }) => push.id === held.push.id);
    if (after?.status === "held") expect(["done", "failed"]).toContain((await gate.decide(after, "forwarded")).type);
    await gate.operator.until(() => gate.held.find(({ push, status }) => push.id === held.push.id && status === "forwarded"));
    expect(await gate.upstream.ref(REPO, "refs/heads/killed")).toBe(commit);
    const decided = gate.operator.events.filter(({ event }) => event.type === "push-decided");
    expect(decided).toHaveLength(1);
  });
});

describe("a client that still waits (GIT-6)", () => {
  test("completes when the operator forwards, and hears the note when the operator refuses", async () => {
    await using gate = await holding(60);
    await using agent = await gate.clone();
    const commit = await agent.commit(LEAK, "Wait for it");
    const waiting = resultOf(agent.start("-C", agent.work, "push", "origin", "HEAD:refs/heads/waits"));
    expect(await gate.decide(await gate.heldPush("waits"), "forwarded")).toMatchObject({ type: "done" });
    expect(await waiting).toMatchObject({ code: 0, stderr: expect.stringContaining("new branch") });
    expect(await gate.upstream.ref(REPO, "refs/heads/waits")).toBe(commit);
    const refused = resultOf(agent.start("-C", agent.work, "push", "origin", "HEAD:refs/heads/waits-too"));
    // The same commit is upstream now, so it brings nothing that was not looked at.
    expect(await refused).toMatchObject({ code: 0 });
    await agent.commit({ "other.ts": LEAK["config.ts"] }, "Another");
    const third = resultOf(agent.start("-C", agent.work, "push", "origin", "HEAD:refs/heads/third"));
    await gate.decide(await gate.heldPush("third"), "refused", "not this one");
    expect(await third).toMatchObject({ code: 1, stderr: expect.stringContaining("operator's note: not this one") });
  });

  test("one that hangs up leaves the push waiting, and the gate serving", async () => {
    await using gate = await holding(60);
    await using agent = await gate.clone();
    await agent.commit(LEAK, "Hang up");
    const waiting = agent.start("-C", agent.work, "push", "origin", "HEAD:refs/heads/hung");
    const held = await gate.heldPush("hung");
    process.kill(-(waiting.pid ?? 0), "SIGKILL");
    await using _other = await gate.clone();
    expect(await gate.decide(held, "forwarded")).toMatchObject({ type: "done" });
    expect(await gate.upstream.ref(REPO, "refs/heads/hung")).not.toBeNull();
  });
});

describe("review: always, and limits (GIT-6)", () => {
  test("every push is held, clean ones and deletions too; no more than the limit wait", async () => {
    const gateLimits = { packBytes: 1 << 20, heldPushes: 2, heldBytes: 1 << 20, idleSeconds: 30 };
    await using gate = await GateUnderTest.start({
      repo: { reviewAlways: true, allowDelete: true },
      config: { responseTimeoutSeconds: 0.2, gateLimits },
    });
    await gate.upstream.git(REPO, "branch", "old", "main");
    await using agent = await gate.clone();
    const commit = await agent.commit({ "clean.txt": "clean\n" }, "Clean");
    expect((await agent.git("push", "origin", "HEAD:refs/heads/clean")).stderr).toContain("every push to this repository is reviewed");
    expect((await agent.git("push", "origin", ":refs/heads/old")).stderr).toContain("held as");
    const third = await agent.git("push", "origin", "HEAD:refs/heads/third");
    expect(third.stderr).toContain("2 pushes wait for the operator already");
    await gate.operator.until(() => (gate.held.length === 2 ? true : undefined));
    for (const branch of ["clean", "old"]) {
      expect(await gate.decide(await gate.heldPush(branch), "forwarded")).toMatchObject({ type: "done" });
    }
    expect(await gate.upstream.ref(REPO, "refs/heads/clean")).toBe(commit);
    expect(await gate.upstream.ref(REPO, "refs/heads/old")).toBeNull();
    expect(await readdir(join(gate.folder.path, "git", "intents"))).toEqual([]);
  });
});
