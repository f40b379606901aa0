import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GateUnderTest, REPO } from "../../support/git-gate/gate-under-test.ts";
import { GitClient } from "../../support/git-gate/git-client.ts";

describe("real git clients through the gate", () => {
  let gate: GateUnderTest;
  let stack: AsyncDisposableStack;

  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    gate = stack.use(await GateUnderTest.start());
  });

  afterAll(async () => {
    await stack.disposeAsync();
  });

  test("clone, commit, push, and a second clone sees it; the push is an event (GIT-1, GIT-3)", async () => {
    const before = gate.pushes.length;
    await using agent = await gate.clone();
    const commit = await agent.commit({ "src/main.ts": "export const one = 1;\n" }, "One");
    expect(await agent.git("push", "origin", "main")).toMatchObject({ code: 0 });
    expect(await gate.upstream.ref(REPO, "refs/heads/main")).toBe(commit);
    const event = await gate.pushed(before);
    expect(event).toMatchObject({ repo: REPO, verdict: "forwarded", rule: "clean", refCount: 1, commitCount: 1, findingCount: 0 });
    expect(event.refs).toMatchObject([{ ref: "refs/heads/main", new: commit, kind: "update" }]);
    expect(event.commits).toMatchObject([{ id: commit, subject: "One" }]);
    await using other = await gate.clone();
    expect(await other.ok("rev-parse", "HEAD")).toBe(commit);
  });

  test("a fetch shows what others pushed upstream meanwhile, and what they deleted is gone (GIT-2)", async () => {
    await using agent = await gate.clone();
    await using colleague = await GitClient.clone(gate.upstream.path(REPO));
    const commit = await colleague.commit({ "colleague.txt": "hello\n" }, "By a colleague");
    await colleague.ok("push", "--quiet", "origin", "HEAD:refs/heads/theirs");
    await agent.ok("fetch", "--quiet", "--prune");
    expect(await agent.ok("rev-parse", "origin/theirs")).toBe(commit);
    await colleague.ok("push", "--quiet", "origin", ":refs/heads/theirs");
    await agent.ok("fetch", "--quiet", "--prune");
    expect(await agent.git("rev-parse", "--verify", "--quiet", "origin/theirs")).toMatchObject({ code: 1 });
  });

  test("pull, merge and push of a merge commit, new branch and annotated tag in one push", async () => {
    await using agent = await gate.clone();
    await using colleague = await GitClient.clone(gate.upstream.path(REPO));
    await agent.commit({ "mine.txt": "mine\n" }, "Mine");
    await colleague.commit({ "theirs.txt": "theirs\n" }, "Theirs");
    await colleague.ok("push", "--quiet", "origin", "main");
    expect((await agent.git("push", "origin", "main")).stderr).toContain("fetch first");
    await agent.ok("pull", "--quiet", "--no-rebase", "--no-edit", "origin", "main");
    await agent.ok("tag", "--annotate", "--message", "First", "v1");
    const before = gate.pushes.length;
    await agent.ok("push", "--quiet", "origin", "main", "main:refs/heads/feature", "v1");
    expect(await gate.pushed(before)).toMatchObject({ verdict: "forwarded", refCount: 3, commitCount: 2 });
    const tip = await agent.ok("rev-parse", "HEAD");
    expect(await gate.upstream.ref(REPO, "refs/heads/main")).toBe(tip);
    expect(await gate.upstream.ref(REPO, "refs/heads/feature")).toBe(tip);
    expect(await gate.upstream.git(REPO, "cat-file", "-t", "v1")).toBe("tag");
  });

  test("a new name for what is there already is forwarded without anything new", async () => {
    await using agent = await gate.clone();
    const before = gate.pushes.length;
    await agent.ok("push", "--quiet", "origin", "HEAD:refs/heads/again");
    expect(await gate.pushed(before)).toMatchObject({ verdict: "forwarded", rule: "nothing-new", commitCount: 0 });
  });

  test("shallow and partial clones, deepened and filled in later; old and new protocol", async () => {
    await using shallow = await gate.clone("--depth", "1");
    expect(await shallow.ok("rev-list", "--count", "HEAD")).toBe("1");
    await shallow.ok("fetch", "--quiet", "--unshallow");
    expect(Number(await shallow.ok("rev-list", "--count", "HEAD"))).toBeGreaterThan(1);
    await using partial = await gate.clone("--filter=blob:none", "--no-checkout");
    expect(await partial.ok("rev-list", "--objects", "--missing=print", "HEAD")).toMatch(/^\?/m);
    await partial.ok("checkout", "--quiet", "main");
    await using old = await gate.clone("--config", "protocol.version=0");
    await old.commit({ "old.txt": "old\n" }, "By the old protocol");
    await old.ok("push", "--quiet", "origin", "main");
  });

  test("a commit on a shallow clone can be pushed", async () => {
    await using shallow = await gate.clone("--depth", "1");
    const commit = await shallow.commit({ "shallow.txt": "s\n" }, "On a shallow clone");
    await shallow.ok("push", "--quiet", "origin", "HEAD:refs/heads/from-shallow");
    expect(await gate.upstream.ref(REPO, "refs/heads/from-shallow")).toBe(commit);
  });

  test("many haves travel gzipped; many refs and commits in one push", async () => {
    await using agent = await gate.clone();
    const stream = Array.from({ length: 400 }, (_, index) => fastCommit(index)).join("");
    await agent.ok("-c", "core.editor=true", "checkout", "--quiet", "-b", "long");
    await agent.commit({ "import.txt": stream }, "Stream");
    const names = Array.from({ length: 60 }, (_, index) => `HEAD:refs/heads/many/${index}`);
    await agent.ok("push", "--quiet", "origin", ...names);
    expect(await gate.upstream.ref(REPO, "refs/heads/many/59")).toBe(await agent.ok("rev-parse", "HEAD"));
    await agent.ok("fetch", "--quiet", "origin");
  });

  test("with --atomic and without, an upstream that refuses one of two refs gets none (GIT-3)", async () => {
    await gate.upstream.hook(REPO, "update", 'case "$1" in */protected) echo "protected branch" >&2; exit 1;; esac');
    for (const [index, options] of [["--atomic"], []].entries()) {
      await using agent = await gate.clone();
      await agent.commit({ "x.txt": `${index}\n` }, "X");
      const before = gate.pushes.length;
      const pushed = await agent.git("push", ...options, "origin", `HEAD:refs/heads/fine-${index}`, "HEAD:refs/heads/protected");
      expect(pushed.code).not.toBe(0);
      expect(pushed.stderr).toContain("the upstream refused refs/heads/protected");
      expect(pushed.stderr).toContain("protected branch");
      expect(await gate.upstream.ref(REPO, `refs/heads/fine-${index}`)).toBeNull();
      expect(await gate.pushed(before)).toMatchObject({ verdict: "refused", rule: "upstream-refused", refCount: 2 });
    }
    await gate.upstream.hook(REPO, "update", "exit 0");
  });

  test("the upstream's own remarks reach whoever pushes", async () => {
    await gate.upstream.hook(REPO, "pre-receive", 'printf "Create a pull request at \\033[31mhttps://forge.example/new\\n" >&2');
    await using agent = await gate.clone();
    await agent.commit({ "pr.txt": "pr\n" }, "PR");
    const { code, stderr } = await agent.git("push", "origin", "HEAD:refs/heads/pr");
    expect(code).toBe(0);
    expect(stderr).toContain("remote: upstream: Create a pull request at");
    expect(stderr).not.toContain("\u001b[31m");
    await gate.upstream.hook(REPO, "pre-receive", "exit 0");
  });

  test("an upstream whose history was cut back is followed; HEAD follows its default branch", async () => {
    await gate.upstream.git(REPO, "branch", "trunk", "main");
    await gate.upstream.git(REPO, "symbolic-ref", "HEAD", "refs/heads/trunk");
    await gate.restart();
    await gate.giveKey();
    await using agent = await gate.clone();
    expect(await agent.ok("symbolic-ref", "--short", "HEAD")).toBe("trunk");
    await gate.upstream.git(REPO, "symbolic-ref", "HEAD", "refs/heads/main");
  });
});

describe("an upstream that is empty", () => {
  test("is cloned, and takes the first push", async () => {
    await using gate = await GateUnderTest.start({ empty: true });
    await using agent = await GitClient.empty(gate.url());
    const commit = await agent.commit({ "first.txt": "first\n" }, "First");
    await agent.ok("push", "--quiet", "-u", "origin", "main");
    expect(await gate.upstream.ref(REPO, "refs/heads/main")).toBe(commit);
    await using other = await gate.clone();
    expect(await other.ok("rev-parse", "HEAD")).toBe(commit);
  });
});

function fastCommit(index: number): string {
  return `line ${index} of a file that is large enough to make a request worth packing\n`;
}
