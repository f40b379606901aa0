import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { BundleFolder } from "../../support/bundle/bundle-folder.ts";
import { BundleProcess } from "../../support/bundle/bundle-process.ts";
import { ControlPeer } from "../../support/bundle/control-peer.ts";
import { GateUnderTest, REPO } from "../../support/git-gate/gate-under-test.ts";
import { resultOf } from "../../support/git-gate/git-client.ts";

describe("the git-gate as a daemon of its bundle (SID-1)", () => {
  test("where no repository is declared it does not run, and its requests are answered", async () => {
    await using folder = await BundleFolder.create();
    await using _bundle = await BundleProcess.start(folder);
    await using operator = await ControlPeer.greeted(folder.socket);
    expect(operator.ready).toMatchObject({ repos: [], pushes: [] });
    expect(operator.ready.health.map(({ name }) => name)).not.toContain("git-gate");
    const answer = await operator.request({ type: "refresh-repo", repo: REPO });
    expect(answer).toMatchObject({ type: "failed", code: "not-found" });
  });

  test("restarted, it serves again once the key was given again; the others stay up", async () => {
    await using gate = await GateUnderTest.start();
    await using agent = await gate.clone();
    expect(await gate.operator.request({ type: "restart", daemon: "git-gate" })).toMatchObject({ type: "done" });
    await gate.operator.until(() => (gate.repo?.key === "missing" ? true : undefined));
    expect((await agent.git("fetch", "origin")).stderr).toContain("the SSH key of project is not here");
    await gate.giveKey();
    await agent.ok("fetch", "--quiet", "origin");
    const health = gate.operator.frames.findLast((frame) => frame.type === "health");
    expect(health).toMatchObject({ health: expect.arrayContaining([expect.objectContaining({ name: "supervise", restarts: 0 })]) });
  });

  test("SIGTERM ends it with code 0 while a client waits for the operator; the push waits on", async () => {
    await using gate = await GateUnderTest.start({ repo: { reviewAlways: true }, config: { responseTimeoutSeconds: 300 } });
    await using agent = await gate.clone();
    await agent.commit({ "w.txt": "w\n" }, "Wait");
    const waiting = resultOf(agent.start("-C", agent.work, "push", "origin", "HEAD:refs/heads/waits"));
    await gate.heldPush("waits");
    const processes = await gate.processes();
    gate.bundle.child.kill("SIGTERM");
    expect(await gate.bundle.exited).toMatchObject({ code: 0 });
    expect((await waiting).code).not.toBe(0);
    await expect.poll(() => gate.alive(processes), { timeout: 30_000 }).toEqual([]);
    await gate.restart();
    expect(await gate.heldPush("waits")).toMatchObject({ status: "held" });
  });

  test("what a killed gate has left in its mirrors is swept: locks, quarantines, half packs", async () => {
    await using gate = await GateUnderTest.start();
    await using _agent = await gate.clone();
    const mirror = join(gate.folder.path, "git", "mirrors", `${REPO}.git`);
    for (const name of ["packed-refs.lock", "HEAD.lock", "refs/heads/main.lock", "objects/pack/tmp_pack_x"])
      await writeFile(join(mirror, name), "");
    await mkdir(join(mirror, "objects", "tmp_objdir-incoming-x", "pack"), { recursive: true });
    await gate.restart();
    await gate.giveKey();
    await using other = await gate.clone();
    await other.commit({ "s.txt": "s\n" }, "After the sweep");
    await other.ok("push", "--quiet", "origin", "main");
    const left = (await readdir(mirror, { recursive: true })).filter((name) => /\.lock$|tmp_/.test(name));
    expect(left).toEqual([]);
  });

  test("a refresh can be asked for; the answer says why it failed", async () => {
    await using gate = await GateUnderTest.start();
    expect(await gate.operator.request({ type: "refresh-repo", repo: REPO })).toMatchObject({ type: "done" });
    expect(gate.repo).toMatchObject({ refresh: "ok", branches: 1, tags: 0, refreshedAt: expect.any(String), problem: null });
    await gate.upstream.stop();
    const failed = await gate.operator.request({ type: "refresh-repo", repo: REPO });
    expect(failed).toMatchObject({ type: "failed", code: "apply-failed", message: expect.stringContaining("cannot be reached") });
    expect(gate.repo).toMatchObject({ refresh: "failed", problem: expect.stringContaining("cannot be reached"), branches: 1 });
    expect(await gate.operator.request({ type: "refresh-repo", repo: "other" })).toMatchObject({ type: "failed", code: "not-found" });
  });
});
