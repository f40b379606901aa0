import { describe, expect, it } from "vitest";
import type { RefUpdate } from "#common/domain/git.ts";
import { sentenceOfPush } from "../../../../main/git/push-sentence.ts";
import { warningsForPush } from "../../../../main/git/push-warnings.ts";
import { pushFile, pushRecord } from "../../../support/git-samples.ts";

const A = "a".repeat(40);
const B = "b".repeat(40);
const update = (ref: string, kind: RefUpdate["kind"] = "update"): RefUpdate => ({ ref, old: A, new: B, kind });

function ofRefs(...refs: readonly RefUpdate[]): string[] {
  return warningsForPush(pushRecord("demo-aaaaa", 1, { refs: [...refs], refCount: refs.length }), [], false);
}

function ofPaths(...paths: readonly string[]): string[] {
  return ofFiles(...paths.map((path) => pushFile(path)));
}

function ofFiles(...files: readonly ReturnType<typeof pushFile>[]): string[] {
  return warningsForPush(pushRecord("demo-aaaaa", 1, { refs: [update("refs/heads/x")] }), files, false);
}

describe("what to notice about a held push (GIT-6)", () => {
  it("an ordinary change of an ordinary branch is nothing to notice", () => {
    expect(ofPaths("src/app.ts", "README.md", "docs/git.md", "tests/hooks.test.ts", "ci.yml")).toEqual([]);
  });

  it.each([
    [update("refs/heads/x", "force"), ["Rewrites refs/heads/x: commits that are there now would be gone from it."]],
    [update("refs/heads/x", "delete"), ["Deletes the branch refs/heads/x upstream."]],
    [update("refs/tags/v1", "create"), ["Creates the tag refs/tags/v1."]],
    [update("refs/heads/main"), ["refs/heads/main is a name that others usually build upon."]],
    [update("refs/heads/release/1.2"), ["refs/heads/release/1.2 is a name that others usually build upon."]],
    [update("refs/heads/maintenance"), []],
  ])("%j", (ref, warnings) => {
    expect(ofRefs(ref)).toEqual(warnings);
  });

  it.each([
    ["build", [".github/workflows/ci.yml", ".gitlab-ci.yml", "Jenkinsfile", ".circleci/config.yml", ".GitHub/Workflows/x.yml"]],
    ["review", [".github/CODEOWNERS", "docs/CODEOWNERS"]],
    ["hooks", [".husky/pre-commit", "hooks/post-merge", ".pre-commit-config.yaml"]],
    ["editors", [".vscode/tasks.json", "sub/.envrc", ".devcontainer/devcontainer.json"]],
    ["packages", [".npmrc", "web/.yarnrc.yml", ".cargo/config.toml"]],
    ["agents", ["CLAUDE.md", "sub/AGENTS.md", ".mcp.json", ".claude/settings.json", ".bot-bottle/agents/x.md"]],
    ["git itself", [".gitmodules", "sub/.gitattributes"]],
    ["do not show", ["src/a\u202egpj.exe", "src/a\u200b.ts", "a\u00adb"]],
    ["mix scripts", ["src/p\u0430ckage.json", "ind\u0435x.ts"]],
  ])("%s: files that matter by their name", (words, paths) => {
    for (const path of paths) expect(ofPaths(path), path).toEqual([expect.stringContaining(words)]);
  });

  it("a name in another script is no disguise", () => {
    expect(
      ofPaths(
        "\u0434\u043e\u043a\u0443\u043c\u0435\u043d\u0442\u044b/\u0447\u0438\u0442\u0430\u0439.md",
        "\u65e5\u672c\u8a9e.txt",
        "caf\u00e9.md",
      ),
    ).toEqual([]);
  });

  it("names that are one file elsewhere", () => {
    expect(ofPaths("Makefile", "makefile")).toEqual(["Names that are the same file on many machines: Makefile and makefile."]);
    expect(ofPaths("caf\u00e9", "cafe\u0301")).toEqual([expect.stringContaining("the same file on many machines")]);
    expect(ofFiles(pushFile("readme.md", { change: "renamed", oldPath: "README.md" }))).toEqual([]);
  });

  it("what a file is: programs, links, other repositories, binary and long ones", () => {
    expect(ofFiles(pushFile("run", { mode: "100755" }))).toEqual(["Makes executable: run."]);
    expect(ofFiles(pushFile("link", { mode: "120000" }))).toEqual([expect.stringContaining("symbolic links")]);
    expect(ofFiles(pushFile("sub", { mode: "160000" }))).toEqual([expect.stringContaining("submodules")]);
    expect(ofFiles(pushFile("sub", { patch: `@@ -1 +1 @@\n-Subproject commit ${A}\n+Subproject commit ${B}\n` }))).toHaveLength(1);
    expect(ofFiles(pushFile("logo.png", { binary: true, patch: "" }))).toEqual([
      "Holds binary files, whose content is not shown: logo.png.",
    ]);
    expect(ofFiles(pushFile("big.json", { added: 5000 }))).toEqual(["Changes more than is likely to be read: big.json."]);
    expect(ofFiles(pushFile("was.bin", { change: "removed", binary: true }))).toEqual([]);
  });

  it("many files of a kind are counted, not listed", () => {
    const files = ["a", "b", "c", "d", "e"].map((path) => pushFile(path, { mode: "100755" }));
    expect(ofFiles(...files)).toEqual(["Makes executable: a, b, c and 2 more files."]);
  });

  it("what does not show", () => {
    const push = pushRecord("demo-aaaaa", 1, { refs: [update("refs/heads/x")], refCount: 300, commitCount: 200, bytes: 50 * 1024 * 1024 });
    expect(warningsForPush(push, [], true)).toEqual([
      "300 refs are changed at once, of which 1 are shown.",
      "200 commits, of which 1 are shown.",
      "The push is large: 50 MiB.",
      "Not every file is shown: the push changes more than fits here.",
    ]);
  });
});

describe("the sentence of a held push (GIT-6)", () => {
  const push = pushRecord("demo-aaaaa", 1, { refs: [update("refs/heads/x")], commitCount: 3 });
  const UPSTREAM = "ssh://git@git.example.org:2222/owner/app.git";

  it.each([
    [push, UPSTREAM, "Forwards 3 commits to refs/heads/x of app at git.example.org:2222."],
    [push, null, "Forwards 3 commits to refs/heads/x of app."],
    [
      { ...push, findingCount: 2 },
      null,
      "Forwards 3 commits to refs/heads/x of app. 2 findings would be let pass: what looks like a secret leaves the bottle.",
    ],
    [{ ...push, refs: [update("refs/heads/x", "delete")], commitCount: 0 }, null, "Deletes refs/heads/x of app."],
    [{ ...push, refs: [update("refs/tags/v1", "create")], commitCount: 0 }, null, "Forwards a tag to refs/tags/v1 of app."],
    [{ ...push, refs: [update("refs/heads/x", "force")], commitCount: 0 }, null, "Forwards no new commit to refs/heads/x of app."],
    [
      { ...push, refs: [update("refs/heads/x"), update("refs/heads/y")], refCount: 2 },
      null,
      "Forwards 3 commits to refs/heads/x and refs/heads/y of app.",
    ],
    [{ ...push, refs: [update("refs/heads/x")], refCount: 9 }, null, "Forwards 3 commits to refs/heads/x and 8 more refs of app."],
  ])("%#", (record, upstream, sentence) => {
    expect(sentenceOfPush(record, upstream)).toBe(sentence);
  });
});
