import { chmod, link, mkdir, rm, symlink, truncate } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { WorkspaceSurvey } from "../../../../main/workspace/survey.ts";
import { surveyWorkspace } from "../../../../main/workspace/survey.ts";
import { asNobody } from "../../../support/workspace/as-nobody.ts";
import type { Tree } from "../../../support/workspace/host-tree.ts";
import { hostTree } from "../../../support/workspace/host-tree.ts";

const signal = AbortSignal.timeout(20_000);
const survey = (path: string, now = () => 0): Promise<WorkspaceSurvey> => surveyWorkspace(path, now, signal);

describe("what a copy would be, told before the start (BTL-1, ENV-4)", () => {
  it("counts files and bytes without what .bottleignore leaves out", async () => {
    await using tree = await hostTree({ a: "123", "sub/b": "4567", ".bottleignore": "skip/\n", "skip/c": "x", l: "-> a", e: null });
    expect(await survey(tree.path)).toEqual({ files: 3, bytes: 13, warnings: [], problems: [] });
  });

  it("says where most of a large folder lies, and what leaves it out", async () => {
    await using tree = await hostTree({ "app/node_modules/x/big.js": "", "src/a.ts": "x" });
    await truncate(join(tree.path, "app/node_modules/x/big.js"), 700 * 1024 * 1024);
    const { warnings } = await survey(tree.path);
    expect(warnings).toEqual([expect.stringMatching(/large \(2 files, 700 MiB\).* node_modules .*"node_modules\/" in \.bottleignore/)]);
  });

  it("does not count for longer than a preflight may take", async () => {
    await using tree = await hostTree(Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`d${index}/f`, "x"])));
    let time = 0;
    const { files, warnings } = await survey(tree.path, () => (time += 100));
    expect(files).toBeNull();
    expect(warnings).toEqual([expect.stringContaining("cut short")]);
  });

  it("names what cannot be read as a problem, with the way out", async () => {
    await using tree = await hostTree({ "db/data": "x", "ok.txt": "x" });
    await chmod(join(tree.path, "db/data"), 0o600);
    using _nobody = asNobody();
    expect((await survey(tree.path)).problems).toEqual([
      expect.stringMatching(/^Not readable in the workspace: db\/data\..*\.bottleignore/),
    ]);
  });

  it("names a folder that cannot be read, too", async () => {
    await using tree = await hostTree({ "db/data": "x" });
    await chmod(join(tree.path, "db"), 0o700);
    using _nobody = asNobody();
    const { files, problems } = await survey(tree.path);
    expect(files).toBeNull();
    expect(problems).toEqual([expect.stringMatching(/^db cannot be read \(EACCES\).*\.bottleignore/)]);
  });

  it("names lines of .bottleignore that are not followed", async () => {
    await using tree = await hostTree({ ".bottleignore": `${"*a".repeat(9)}\n`, a: "x" });
    expect((await survey(tree.path)).warnings).toEqual([expect.stringMatching(/^\.bottleignore: a line is not followed/)]);
  });

  it("is at ease with loops, pipes and folders that vanish", async () => {
    await using tree = await hostTree({ "a/b/c": "x" });
    await symlink("..", join(tree.path, "a/up"));
    await symlink(tree.path, join(tree.path, "a/b/root"));
    await link(join(tree.path, "a/b/c"), join(tree.path, "hard"));
    await mkdir(join(tree.path, "gone"));
    await rm(join(tree.path, "gone"), { recursive: true });
    expect(await survey(tree.path)).toMatchObject({ files: 2, problems: [] });
  });
});

describe("what a copied .git lacks or gives away (ENV-3, ENV-4)", () => {
  it.each<[string, Tree, RegExp | null]>([
    ["a worktree", { ".git": "gitdir: /home/ada/src/main/.git/worktrees/x\n" }, /worktree or submodule.*not copied/],
    ["a submodule", { ".git": "gitdir: ../.git/modules/x\n" }, /worktree or submodule/],
    ["borrowed objects", { ".git/objects/info/alternates": "/srv/git/objects\n" }, /borrows objects.*git repack/],
    ["objects borrowed from within", { ".git/objects/info/alternates": "../modules/x/objects\n", ".git/modules/x/objects/a": "x" }, null],
    [
      "a password in a remote's URL",
      { ".git/config": '[remote "origin"]\n\turl = https://ada:hunter2@example.org/x.git\n' },
      /password or token/,
    ],
    [
      "a token in a remote's URL",
      { ".git/config": "url = https://ghp_0123456789abcdef0123456789abcdef@github.com/a/b\n" },
      /password or token/,
    ],
    ["a header to log in with", { ".git/config": "[http]\n\textraheader = AUTHORIZATION: basic eA==\n" }, /password or token/],
    ["a plain remote", { ".git/config": "url = https://github.com/a/b\nurl = git@github.com:a/b\nurl = ssh://git@host:2222/x\n" }, null],
    ["no git", { a: "x" }, null],
  ])("%s", async (_name, content, warning) => {
    await using tree = await hostTree(content);
    const { warnings } = await survey(tree.path);
    if (warning === null) expect(warnings).toEqual([]);
    else expect(warnings).toEqual([expect.stringMatching(warning)]);
    expect(warnings.join()).not.toMatch(/hunter2|ghp_0/);
  });
});
