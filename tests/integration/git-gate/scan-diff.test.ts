import { describe, expect, test } from "vitest";
import type { RefUpdate } from "#common/domain/git.ts";
import { PushFile } from "#common/domain/git.ts";
import type { PushDiff } from "../../../sidecars/git-gate/scan/scan-types.ts";
import { zipOf } from "../../support/git-gate/archives.ts";
import { fakeTokens, githubToken } from "../../support/git-gate/fake-tokens.ts";
import { expectUntold, publishedRepo, scannerFor } from "../../support/git-gate/scan-harness.ts";
import type { ScratchRepo } from "../../support/git-gate/scratch-repo.ts";
import { GIT_ENV } from "../../support/git-gate/scratch-repo.ts";

/** GIT-6: the operator sees what a held push changes; GIT-4: secrets in it are replaced in the bundle already. */

const NONE = "0".repeat(40);

async function diff(repo: ScratchRepo, ...updates: readonly Partial<RefUpdate>[]): Promise<PushDiff> {
  const base = { ref: "refs/heads/main", old: NONE, new: await repo.tip(), kind: "update" } as const;
  const scanner = await scannerFor(repo);
  const all = (updates.length === 0 ? [{}] : updates).map((update) => ({ ...base, ...update }));
  const told = await scanner.diff({ gitDir: repo.mirror, env: GIT_ENV, updates: all, signal: AbortSignal.timeout(60_000) });
  PushFile.array().parse(JSON.parse(JSON.stringify(told.files)));
  return told;
}

describe("what is shown of a push", () => {
  test("added, changed, removed and renamed files with their lines, against what upstream has under the name", async () => {
    await using repo = await publishedRepo();
    await repo.commit({ "gone.txt": "gone\n", "old name.txt": "one\ntwo\nthree\nfour\n" });
    await repo.publish();
    const old = await repo.tip();
    await repo.git("rm", "-q", "gone.txt");
    await repo.git("mv", "old name.txt", "new name.txt");
    await repo.commit({ "src/main.ts": "export const main = 2;\n", "new.txt": "new\n", "new name.txt": "one\ntwo\nthree\n4\n" });
    const { files, cut } = await diff(repo, { old });
    expect(cut).toBe(false);
    expect(files).toEqual([
      expect.objectContaining({ path: "gone.txt", change: "removed", added: 0, removed: 1 }),
      expect.objectContaining({ path: "new name.txt", oldPath: "old name.txt", change: "renamed", added: 1, removed: 1 }),
      expect.objectContaining({ path: "new.txt", change: "added", patch: "@@ -0,0 +1 @@\n+new\n" }),
      expect.objectContaining({
        path: "src/main.ts",
        change: "changed",
        patch: "@@ -1 +1 @@\n-export const main = 1;\n+export const main = 2;\n",
      }),
    ]);
  });

  test("a new branch is shown against the commit where it leaves what upstream has; a first one against nothing", async () => {
    await using repo = await publishedRepo();
    await repo.git("checkout", "-q", "-b", "feature");
    await repo.commit({ "a.txt": "a\n" });
    await repo.commit({ "b.txt": "b\n" });
    expect((await diff(repo, { ref: "refs/heads/feature", kind: "create" })).files.map(({ path }) => path)).toEqual(["a.txt", "b.txt"]);
    await repo.git("checkout", "-q", "--orphan", "unrelated");
    await repo.git("rm", "-q", "-r", "-f", ".");
    await repo.commit({ "c.txt": "c\n" });
    expect((await diff(repo, { ref: "refs/heads/unrelated", kind: "create" })).files.map(({ path }) => path)).toEqual(["c.txt"]);
  });

  test("a force-push shows what it takes away too; a tag its commits; a deletion and a branch without news show nothing", async () => {
    await using repo = await publishedRepo();
    const base = await repo.tip();
    await repo.commit({ "a.txt": "a\n" });
    await repo.publish();
    const old = await repo.tip();
    await repo.git("reset", "-q", "--hard", base);
    await repo.commit({ "b.txt": "b\n" });
    expect((await diff(repo, { old, kind: "force" })).files).toMatchObject([
      { path: "a.txt", change: "removed" },
      { path: "b.txt", change: "added" },
    ]);
    await repo.git("tag", "-a", "v1", "-m", "one");
    expect((await diff(repo, { ref: "refs/tags/v1", new: await repo.tip("v1"), kind: "create" })).files).toMatchObject([{ path: "b.txt" }]);
    expect(await diff(repo, { old, new: NONE, kind: "delete" })).toEqual({ files: [], cut: false });
    expect(await diff(repo, { new: base, kind: "create" })).toEqual({ files: [], cut: false });
  });

  test("binary files are named without content", async () => {
    await using repo = await publishedRepo();
    const old = await repo.tip();
    await repo.commit({ "a.zip": zipOf("a.txt", "text\n") });
    expect((await diff(repo, { old })).files).toMatchObject([{ path: "a.zip", binary: true, patch: "" }]);
  });
});

describe("what is not shown of a push", () => {
  test("secrets: added, removed, unchanged, in names, in the middle of a key", async () => {
    await using repo = await publishedRepo();
    const tokens = fakeTokens().filter(({ rule }) => rule !== null);
    const text = tokens.map((token) => token.text).join("\n");
    const [removed, added, named] = [githubToken(), githubToken(), githubToken()];
    await repo.commit({ "a.txt": `${removed.text}\n${text}\nlast\n`, "b.txt": `${text}\n`.replaceAll("\n", "\n\n") });
    await repo.publish();
    const old = await repo.tip();
    const changed = `${added.text}\n${text}\nlast\n`.replace("last", "end");
    await repo.commit({ "a.txt": changed, "b.txt": `${text}\nmore\n`, [`${named.secret}.txt`]: "x\n" });
    const told = await diff(repo, { old });
    expectUntold(told, ...tokens, removed, added, named);
    expect(told.files.map(({ path }) => path)).toContain("[redacted].txt");
    expect(told.files[0]?.patch).toContain('+value = "[redacted]"');
  });

  test("a secret that reaches over the edge of a long line or of the last line shown", async () => {
    await using repo = await publishedRepo();
    const old = await repo.tip();
    const tokens = Array.from({ length: 20 }, githubToken);
    const line = (index: number) => `${"x ".repeat(985 + index)}${tokens[index]?.secret} tail`;
    await repo.commit({ "a.txt": tokens.map((_, index) => `${line(index)}\n`).join("") });
    const told = await diff(repo, { old });
    for (const { secret } of tokens) expect(told.files[0]?.patch).not.toContain(secret.slice(0, 8));
    expect(told.files[0]).toMatchObject({ cut: true, added: 20 });
  });

  test("more than an operator can read: big files, many files", async () => {
    await using repo = await publishedRepo();
    const old = await repo.tip();
    const many = Array.from({ length: 600 }, (_, index) => [`many/${index}.txt`, `${index}\n`]);
    await repo.commit({
      ...Object.fromEntries(many),
      "big.txt": "a line of some words\n".repeat(100_000),
      "long.txt": "word ".repeat(600_000),
    });
    const told = await diff(repo, { old });
    expect(told.cut).toBe(true);
    expect(told.files).toHaveLength(500);
    expect(told.files.find(({ path }) => path === "big.txt")).toMatchObject({ cut: true, added: 100_000 });
    expect(JSON.stringify(told).length).toBeLessThan(4 << 20);
  });

  test("bytes that are no text break nothing", async () => {
    await using repo = await publishedRepo();
    const old = await repo.tip();
    await repo.commit({
      "latin.txt": Buffer.from([0x66, 0xfc, 0x72, 10]),
      "esc.txt": "\u001b[2J\u202e\n",
      "bad.txt": Buffer.from([0xed, 0xa0, 0x80, 10]),
    });
    const { files } = await diff(repo, { old });
    expect(files.map(({ patch }) => patch.split("\n")[1])).toEqual(["+\ufffd\ufffd\ufffd", "+\u001b[2J\u202e", "+f\ufffdr"]);
  });
});
