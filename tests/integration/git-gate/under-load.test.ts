import { randomBytes, randomInt } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { GateUnderTest, REPO } from "../../support/git-gate/gate-under-test.ts";
import { GitClient, resultOf } from "../../support/git-gate/git-client.ts";
import { peakMemory } from "../../support/git-gate/peak-memory.ts";

const CLIENTS = 20;
const INTERRUPTIONS = 20;
const LARGE_MIB = 300;

describe("the gate under load (GIT-4, GIT-5)", () => {
  test(`${CLIENTS} clients at once: each clones and pushes its branch, and all arrive`, async () => {
    await using gate = await GateUnderTest.start();
    const agents = await Promise.all(
      Array.from({ length: CLIENTS }, async (_, index) => {
        const agent = await gate.clone();
        const commit = await agent.commit({ [`${index}.txt`]: `${index}\n` }, `By ${index}`);
        expect(await agent.git("push", "origin", `HEAD:refs/heads/by-${index}`)).toMatchObject({ code: 0 });
        await agent[Symbol.asyncDispose]();
        return commit;
      }),
    );
    for (const [index, commit] of agents.entries()) expect(await gate.upstream.ref(REPO, `refs/heads/by-${index}`)).toBe(commit);
  });

  test("of many who push to one branch at once, one gets it; the others are told to fetch", async () => {
    await using gate = await GateUnderTest.start();
    const racers = await Promise.all(Array.from({ length: 6 }, () => gate.clone()));
    const results = await Promise.all(
      racers.map(async (racer, index) => {
        await racer.commit({ "race.txt": `${index}\n` }, `Racer ${index}`);
        return await racer.git("push", "origin", "main");
      }),
    );
    expect(results.filter(({ code }) => code === 0)).toHaveLength(1);
    const winner = results.findIndex(({ code }) => code === 0);
    expect(await gate.upstream.ref(REPO, "refs/heads/main")).toBe(await racers[winner]?.ok("rev-parse", "HEAD"));
    for (const { code, stderr } of results) if (code !== 0) expect(stderr).toMatch(/fetch|non-fast-forward/);
    await Promise.all(racers.map((racer) => racer[Symbol.asyncDispose]()));
  });

  test(`kill -9 of a pushing client at ${INTERRUPTIONS} random moments leaves the gate serving and nothing behind`, async () => {
    await using gate = await GateUnderTest.start();
    await using agent = await gate.clone();
    await agent.commit({ "blob.bin": randomBytes(12 << 20) }, "Large enough to be interrupted");
    for (let round = 0; round < INTERRUPTIONS; round++) {
      const pushing = agent.start("-C", agent.work, "push", "origin", `HEAD:refs/heads/cut-${round}`);
      const ended = resultOf(pushing);
      await pause(randomInt(900));
      if (pushing.exitCode === null) process.kill(-(pushing.pid ?? 0), "SIGKILL");
      await ended;
    }
    await using other = await gate.clone();
    await other.commit({ "after.txt": "after\n" }, "After");
    expect(await other.git("push", "origin", "HEAD:refs/heads/after")).toMatchObject({ code: 0 });
    const mirror = join(gate.folder.path, "git", "mirrors", `${REPO}.git`, "objects");
    await expect.poll(async () => (await readdir(mirror)).filter((name) => name.startsWith("tmp_objdir")), { timeout: 60_000 }).toEqual([]);
    const branches = (await gate.upstream.git(REPO, "for-each-ref", "--format=%(refname)", "refs/heads/cut-*")).split("\n").filter(Boolean);
    const told = gate.pushes.filter(({ verdict, refs }) => verdict === "forwarded" && refs[0]?.ref.includes("/cut-"));
    expect(told).toHaveLength(branches.length);
  });

  test("kill -9 of the whole bundle while it forwards: the push is recorded once, whatever became of it", async () => {
    await using gate = await GateUnderTest.start();
    await using agent = await gate.clone();
    const outcomes: string[] = [];
    for (const moment of [0, 60, 250]) {
      await gate.upstream.hook(REPO, "pre-receive", `touch ${join(gate.upstream.root, "reached")}; sleep 0.3`);
      const commit = await agent.commit({ "k.txt": `${moment}\n` }, `Killed after ${moment}`);
      const pushing = resultOf(agent.start("-C", agent.work, "push", gate.url(), `HEAD:refs/heads/killed-${moment}`));
      await gate.upstream.reached();
      await pause(moment);
      await gate.restart();
      await pushing;
      await gate.upstream.hook(REPO, "pre-receive", "exit 0");
      await gate.giveKey();
      const record = await gate.operator.until(() => gate.pushes.find(({ refs }) => refs[0]?.new === commit));
      const there = (await gate.upstream.ref(REPO, `refs/heads/killed-${moment}`)) === commit;
      outcomes.push(`${record.verdict} ${there}`);
      expect(gate.pushes.filter(({ id }) => id === record.id)).toHaveLength(1);
      await agent.ok("push", "--quiet", gate.url(), `HEAD:refs/heads/killed-${moment}`);
    }
    expect(outcomes.every((outcome) => ["forwarded true", "failed false"].includes(outcome))).toBe(true);
  });

  test(`${LARGE_MIB} MiB stream through at flat memory`, async () => {
    await using gate = await GateUnderTest.start();
    await using agent = await GitClient.empty(gate.url());
    // Stored as it is and streamed, on the client's side too: what is measured is the way, not a compressor.
    for (const [name, value] of Object.entries({ "core.compression": "0", "core.bigFileThreshold": "1m" }))
      await agent.ok("config", name, value);
    const files = Array.from({ length: 6 }, (_, index) => [`blob-${index}.bin`, sparse((LARGE_MIB / 6) << 20)] as const);
    await agent.commit(Object.fromEntries(files), "Large");
    await using memory = await peakMemory(gate.bundle.child.pid ?? 0);
    await agent.ok("push", "--quiet", "origin", "HEAD:refs/heads/large");
    const { gate: node, children } = memory.peaks;
    expect(node - memory.before).toBeLessThan(150);
    expect(children).toBeLessThan(220);
    expect(await gate.upstream.ref(REPO, "refs/heads/large")).not.toBeNull();
  });
});

/** Bytes that hold hardly any text, so that the scan is short, and no two files alike. */
function sparse(size: number): Buffer {
  const content = Buffer.alloc(size);
  for (let at = 0; at < size; at += 1 << 20) randomBytes(64).copy(content, at);
  return content;
}
