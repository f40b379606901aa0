import { describe, expect, test } from "vitest";
import { PushCommit } from "#common/domain/git.ts";
import type { FakeToken } from "../../support/git-gate/fake-tokens.ts";
import { githubToken } from "../../support/git-gate/fake-tokens.ts";
import { expectUntold, findingsOf, publishedRepo, scan } from "../../support/git-gate/scan-harness.ts";
import type { ScratchRepo } from "../../support/git-gate/scratch-repo.ts";

/** GIT-3: parts of a push that go upstream although git shows nothing of them. */

/** Writes a commit by hand: what git's own checks let pass, its commands would not write. */
async function store(repo: ScratchRepo, type: "commit" | "tree" | "tag", content: Buffer): Promise<string> {
  await repo.write("stored", content);
  return await repo.git("hash-object", "-t", type, "-w", "--literally", "stored");
}

async function commitOf(repo: ScratchRepo, tree: string, ...parents: string[]): Promise<string> {
  return await repo.git("commit-tree", "-m", "Work", ...parents.flatMap((parent) => ["-p", parent]), tree);
}

describe("headers that are there once more", () => {
  const hidden: Readonly<Record<string, (token: FakeToken) => string>> = {
    tree: ({ secret }) => `tree ${secret}`,
    parent: ({ secret }) => `parent ${secret}`,
    object: ({ secret }) => `object ${secret}`,
    type: ({ secret }) => `type ${secret}`,
    "an author after the address": ({ secret }) => `author A <a@b> ${secret}`,
    "a tagger after the address": ({ secret }) => `tagger A <a@b> 1 +0000 ${secret}`,
  };

  test.each(Object.entries(hidden))("%s of a commit", async (_name, header) => {
    await using repo = await publishedRepo();
    const token = githubToken();
    const head = await repo.git("cat-file", "commit", "HEAD");
    const id = await store(repo, "commit", Buffer.from(`${head.replace("\n\n", `\n${header(token)}\n\n`)}\n`));
    const outcome = await scan(repo, id);
    expect(findingsOf(outcome)).toMatchObject([{ rule: "github-pat", commit: id }]);
    expectUntold(outcome, token);
  });

  test("of a tag", async () => {
    await using repo = await publishedRepo();
    const token = githubToken();
    const tag = `object ${await repo.tip()}\ntype commit\ntag v1\ntagger A <a@b> 1 +0000\nobject ${token.secret}\n\nv1\n`;
    expect(findingsOf(await scan(repo, await store(repo, "tag", Buffer.from(tag))))).toMatchObject([{ rule: "github-pat", place: "tag" }]);
  });
});

describe("names that no diff shows", () => {
  test("of an empty folder", async () => {
    await using repo = await publishedRepo();
    const token = githubToken();
    const empty = Buffer.from(await store(repo, "tree", Buffer.alloc(0)), "hex");
    const tree = await store(repo, "tree", Buffer.concat([Buffer.from(`40000 ${token.secret}\0`), empty]));
    const outcome = await scan(repo, await commitOf(repo, tree, await repo.tip()));
    expect(findingsOf(outcome)).toMatchObject([{ rule: "github-pat", place: "file" }]);
    expectUntold(outcome, token);
  });

  test("of a file that a merge alone renames", async () => {
    await using repo = await publishedRepo();
    const token = githubToken();
    const base = await repo.tip();
    const one = await commitOf(repo, await repo.git("rev-parse", "HEAD^{tree}"), base);
    await repo.commit({ "side.txt": "side\n" }, "Side");
    const two = await repo.tip();
    await repo.git("mv", "src/main.ts", `src/${token.secret}`);
    const merge = await commitOf(repo, await repo.git("write-tree"), one, two);
    const outcome = await scan(repo, merge);
    expect(findingsOf(outcome)).toMatchObject([{ rule: "github-pat", place: "file", commit: merge }]);
    expectUntold(outcome, token);
  });

  test("that are longer than a path can be on a disk", async () => {
    await using repo = await publishedRepo();
    const token = githubToken();
    const id = await repo.git("rev-parse", "HEAD:README.md");
    const name = `${"long-".repeat(1200)} ${token.secret}`;
    const tree = await store(repo, "tree", Buffer.concat([Buffer.from(`100644 ${name}\0`), Buffer.from(id, "hex")]));
    const outcome = await scan(repo, await commitOf(repo, tree, await repo.tip()));
    expect(findingsOf(outcome)).toMatchObject([{ rule: "github-pat", place: "file" }]);
    expectUntold(outcome, token);
  });
});

test("another repository that is added beside a big file does not stand in a push's way", async () => {
  await using repo = await publishedRepo();
  await repo.write("big.txt", Buffer.alloc(5 << 20, "words\n"));
  await repo.git("add", "--all");
  await repo.git("update-index", "--add", "--cacheinfo", `160000,${"1234567890".repeat(4)},module`);
  await repo.git("commit", "-q", "-m", "Add both");
  expect(findingsOf(await scan(repo))).toEqual([]);
});

test("a subject that is full of short secrets still fits its record", async () => {
  await using repo = await publishedRepo();
  const words = Array.from({ length: 20 }, (_, index) => `q${index}wert`.padEnd(6, "z"));
  const key = ["-----BEGIN RSA PRIVATE KEY-----", ...words, "-----END RSA PRIVATE KEY-----"].join("\n");
  await repo.commit({ "key.pem": `${key}\n` }, `${words.join(" ")} `.repeat(5));
  const outcome = await scan(repo);
  expect(findingsOf(outcome).length).toBeGreaterThan(0);
  if (outcome.kind === "scanned") for (const commit of outcome.commits) expect(PushCommit.safeParse(commit).error).toBeUndefined();
});

test("more moved and rewritten files than git compares do not stand in a push's way", { timeout: 120_000 }, async () => {
  await using repo = await publishedRepo();
  // So many files would make git tidy up beside the test.
  await repo.git("config", "gc.auto", "0");
  const files = (folder: string) =>
    Object.fromEntries(Array.from({ length: 4100 }, (_, index) => [`${folder}/${index}.txt`, `${folder} ${index}\n`] as const));
  await repo.commit(files("before"), "Before");
  await repo.publish();
  await repo.git("rm", "-r", "-q", "before");
  await repo.commit(files("after"), "After");
  expect(findingsOf(await scan(repo))).toEqual([]);
});
