import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PushRecord } from "#common/domain/git.ts";
import { fakeTokens } from "../../support/git-gate/fake-tokens.ts";
import { GateUnderTest, REPO } from "../../support/git-gate/gate-under-test.ts";
import { GitClient } from "../../support/git-gate/git-client.ts";

const token = fakeTokens().find(({ rule }) => rule === "github-pat")!;

/** Pushes, expects a refusal by this rule, and that nothing of it reached the upstream. */
async function refused(gate: GateUnderTest, agent: GitClient, rule: PushRecord["rule"], ...args: string[]): Promise<string> {
  const before = gate.pushes.length;
  const tip = await agent.ok("rev-parse", "HEAD");
  const known = await gate.upstream.hasObject(REPO, tip);
  const { code, stderr } = await agent.git("push", "origin", ...args);
  expect(code).not.toBe(0);
  expect(await gate.pushed(before)).toMatchObject({ verdict: "refused", rule });
  expect(await gate.upstream.hasObject(REPO, tip)).toBe(known);
  expect(stderr).not.toContain(token.secret);
  return stderr;
}

describe("what a push may not do (GIT-3, GIT-4)", () => {
  let gate: GateUnderTest;
  let stack: AsyncDisposableStack;

  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    gate = stack.use(await GateUnderTest.start());
  });

  afterAll(async () => {
    await stack.disposeAsync();
  });

  test("a secret in a new branch, and in history whose tip is clean again, is refused with its place and without itself", async () => {
    await using agent = await gate.clone();
    await agent.commit({ "config.ts": `export const key = "${token.secret}";\n` }, "Add");
    const said = await refused(gate, agent, "finding", "HEAD:refs/heads/leak");
    expect(said).toContain("remote: bot-bottle: refused: it carries what looks like a secret");
    expect(said).toMatch(/remote: bot-bottle: {3}github-pat in config\.ts:1 of [0-9a-f]{10}: /);
    await agent.commit({ "config.ts": "export const key = process.env.KEY;\n" }, "Remove");
    await refused(gate, agent, "finding", "HEAD:refs/heads/leak");
  });

  test("in a tag's message, in an amended message, and in a merge commit alone (evil merge)", async () => {
    await using agent = await gate.clone();
    await agent.ok("tag", "--annotate", "--message", `release ${token.text}`, "v-leak");
    await refused(gate, agent, "finding", "v-leak");
    await agent.commit({ "a.txt": "a\n" }, `Use ${token.text}`);
    await refused(gate, agent, "finding", "HEAD:refs/heads/message");
    await agent.ok("commit", "--quiet", "--amend", "-m", "Clean");
    await agent.ok("push", "--quiet", "origin", "HEAD:refs/heads/message");
    await agent.ok("checkout", "--quiet", "-b", "side", "origin/main");
    await agent.commit({ "side.txt": "side\n" }, "Side");
    await agent.ok("merge", "--quiet", "--no-commit", "--no-ff", "origin/message");
    await writeFile(join(agent.work, "evil.txt"), `${token.text}\n`);
    await agent.ok("add", "evil.txt");
    await agent.ok("commit", "--quiet", "-m", "Merge");
    await refused(gate, agent, "finding", "HEAD:refs/heads/merged");
  });

  test("in the name of a branch or a tag, which no record shows either", async () => {
    await using agent = await gate.clone();
    for (const ref of [`refs/heads/x/${token.secret}`, `refs/tags/${token.secret}`]) {
      const before = gate.pushes.length;
      const { code, stderr } = await agent.git("push", "origin", `origin/main:${ref}`);
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/remote: bot-bottle: {3}github-pat in the name \S*\[redacted\]/);
      const record = await gate.pushed(before);
      expect(record).toMatchObject({ verdict: "refused", rule: "finding", findings: [{ place: "ref" }] });
      expect(JSON.stringify(record)).not.toContain(token.secret);
      expect(await gate.upstream.ref(REPO, ref)).toBeNull();
    }
  });

  test("history that has old secrets upstream already passes: only what is introduced is looked at", async () => {
    await using owner = await GitClient.clone(gate.upstream.path(REPO));
    await owner.commit({ "legacy.ts": `const old = "${token.secret}";\n` }, "Legacy");
    await owner.ok("push", "--quiet", "origin", "HEAD:refs/heads/legacy");
    await using agent = await gate.clone("--branch", "legacy");
    await agent.commit({ "next.ts": "export {};\n" }, "Next");
    await agent.ok("push", "--quiet", "origin", "HEAD:refs/heads/next");
  });

  test("forced updates, moved tags and deletions are refused where the bottle does not allow them", async () => {
    await using agent = await gate.clone();
    await agent.commit({ "f.txt": "1\n" }, "One");
    await agent.ok("push", "--quiet", "origin", "HEAD:refs/heads/forced");
    await agent.ok("tag", "moving");
    await agent.ok("push", "--quiet", "origin", "moving");
    await agent.ok("commit", "--quiet", "--amend", "-m", "Another");
    await refused(gate, agent, "force-not-allowed", "--force", "HEAD:refs/heads/forced");
    await agent.ok("tag", "--force", "moving");
    await refused(gate, agent, "force-not-allowed", "--force", "moving");
    const said = await refused(gate, agent, "delete-not-allowed", ":refs/heads/forced");
    expect(said).toContain("deleting refs/heads/forced is not allowed");
  });

  test("only branches and tags can be pushed, and only commits as branches", async () => {
    await using agent = await gate.clone();
    await agent.commit({ "n.txt": "n\n" }, "N");
    await refused(gate, agent, "ref-not-allowed", "HEAD:refs/notes/x");
    await refused(gate, agent, "ref-not-allowed", "HEAD:refs/replace/0000000000000000000000000000000000000001");
    await refused(gate, agent, "ref-not-allowed", "HEAD:refs/held/1", "HEAD:refs/heads/fine");
    expect(await gate.upstream.ref(REPO, "refs/heads/fine")).toBeNull();
    await agent.ok("tag", "a-tree", "HEAD^{tree}");
    await refused(gate, agent, "ref-not-allowed", "a-tree");
    expect((await agent.git("push", "origin", "HEAD:refs/heads/a", "HEAD:refs/heads/a/b")).code).not.toBe(0);
    expect(await gate.upstream.ref(REPO, "refs/heads/a")).toBeNull();
  });

  test("objects that git's own checks refuse do not come in", async () => {
    await using agent = await gate.clone();
    const blob = await agent.ok("rev-parse", "HEAD:README.md");
    await writeFile(join(agent.root, "tree"), Buffer.concat([Buffer.from("100644 .git\0"), Buffer.from(blob, "hex")]));
    const tree = await agent.ok("hash-object", "-w", "--literally", "-t", "tree", join(agent.root, "tree"));
    const commit = await agent.ok("commit-tree", "-m", "Bad", "-p", "HEAD", tree);
    const before = gate.pushes.length;
    const { stderr } = await agent.git("push", "origin", `${commit}:refs/heads/bad`);
    expect(stderr).toContain("hasDotgit");
    expect(await gate.pushed(before)).toMatchObject({ verdict: "refused", rule: "object-check" });
    expect(await gate.upstream.hasObject(REPO, commit)).toBe(false);
  });

  test("push options, LFS, archives, old HTTP and undeclared repositories are refused with a reason that the client shows", async () => {
    await using agent = await gate.clone();
    await agent.commit({ "o.txt": "o\n" }, "O");
    expect((await agent.git("push", "-o", "ci.skip", "origin", "HEAD:refs/heads/o")).stderr).toMatch(/does not support push options/);
    expect((await agent.run("ls-remote", gate.url("other"))).stderr).toContain("remote: bot-bottle: this bottle has no such repository");
    expect((await agent.run("-c", "http.extraHeader=X: y", "ls-remote", `${gate.url()}/../other`)).code).not.toBe(0);
    const dumb = await fetch(`${gate.url()}/info/refs`);
    expect([dumb.status, await dumb.text()]).toEqual([403, expect.stringContaining("old HTTP protocol")]);
    const lfs = await fetch(`${gate.url()}/info/lfs/objects/batch`, { method: "POST", body: "{}" });
    expect(lfs.status).toBe(403);
    expect(await lfs.json()).toMatchObject({ message: expect.stringContaining("LFS") });
    const archive = await fetch(`${gate.url()}/git-upload-archive`, { method: "POST", body: "" });
    expect([archive.status, await archive.text()]).toEqual([403, expect.stringContaining("git archive")]);
  });

  test("what cannot be scanned is refused", async () => {
    await using agent = await gate.clone();
    await agent.commit({ "fine.txt": "fine\n" }, "Fine");
    await using blind = await GateUnderTest.start({ gitleaks: "/nonexistent/gitleaks" });
    await using other = await blind.clone();
    await other.commit({ "fine.txt": "fine\n" }, "Fine");
    const before = blind.pushes.length;
    const { code, stderr } = await other.git("push", "origin", "main:refs/heads/unscanned");
    expect(code).not.toBe(0);
    expect(stderr).toContain("could not be scanned");
    expect(await blind.pushed(before)).toMatchObject({ verdict: "failed", rule: "scan-failed" });
    expect(await blind.upstream.ref(REPO, "refs/heads/unscanned")).toBeNull();
  });
});

describe("where the bottle allows it", () => {
  test("forced updates and deletions go upstream, scanned like any other push", async () => {
    await using gate = await GateUnderTest.start({ repo: { allowForce: true, allowDelete: true } });
    await using agent = await gate.clone();
    await agent.commit({ "f.txt": "1\n" }, "One");
    await agent.ok("push", "--quiet", "origin", "HEAD:refs/heads/forced");
    await agent.ok("commit", "--quiet", "--amend", "-m", "Another");
    const before = gate.pushes.length;
    await agent.ok("push", "--quiet", "--force", "origin", "HEAD:refs/heads/forced");
    expect((await gate.pushed(before)).refs).toMatchObject([{ kind: "force" }]);
    expect(await gate.upstream.ref(REPO, "refs/heads/forced")).toBe(await agent.ok("rev-parse", "HEAD"));
    await agent.commit({ "f.txt": `${token.text}\n` }, "Leak");
    await refused(gate, agent, "finding", "--force", "HEAD:refs/heads/forced");
    await agent.ok("push", "--quiet", "origin", ":refs/heads/forced");
    expect(await gate.upstream.ref(REPO, "refs/heads/forced")).toBeNull();
    expect(gate.pushes.at(-1)).toMatchObject({ verdict: "forwarded", refs: [{ kind: "delete" }] });
  });
});
