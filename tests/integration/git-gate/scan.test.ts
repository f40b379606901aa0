import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { tarGzOf, zipOf } from "../../support/git-gate/archives.ts";
import type { FakeToken } from "../../support/git-gate/fake-tokens.ts";
import { fakeTokens, githubToken } from "../../support/git-gate/fake-tokens.ts";
import { expectUntold, findingsOf, publishedRepo, scan } from "../../support/git-gate/scan-harness.ts";
import type { ScratchRepo } from "../../support/git-gate/scratch-repo.ts";

/** GIT-3: what a push introduces is scanned with the real gitleaks, wherever a secret may hide in it; GIT-4: and never told. */

describe("every kind of secret", () => {
  test("thirteen of fourteen are found, each by its rule and on its line; the one missed is named in the security model", async () => {
    await using repo = await publishedRepo();
    const tokens = fakeTokens();
    const files = Object.fromEntries(tokens.map(({ text }, index) => [`src/config-${index}.txt`, `first\nsecond\n${text}\nlast\n`]));
    const commit = await repo.commit(files);
    const outcome = await scan(repo);
    for (const [index, { rule }] of tokens.entries()) {
      const found = findingsOf(outcome).filter(({ path }) => path === `src/config-${index}.txt`);
      if (rule === null) expect(found).toEqual([]);
      else expect(found).toContainEqual(expect.objectContaining({ rule, line: 3, place: "file", commit }));
    }
    expectUntold(outcome, ...tokens);
  });

  const files: Readonly<Record<string, (text: string) => Promise<Buffer> | Buffer>> = {
    "notes.txt": (text) => Buffer.from(text),
    "utf16le.txt": (text) => Buffer.from(`\ufeff${text}`, "utf16le"),
    "utf16be.txt": (text) => Buffer.from(`\ufeff${text}`, "utf16le").swap16(),
    "data.zip": (text) => zipOf("inner/config.txt", text),
    "data.tar.gz": (text) => tarGzOf("inner/config.txt", text),
    "data.gz": (text) => gzipSync(text),
    "innocent.png": (text) => tarGzOf("inner/config.txt", text),
    "nested.zip": async (text) => zipOf("inner.tar.gz", await tarGzOf("config.txt", text)),
    "program.bin": (text) =>
      Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1, 200, 255]), Buffer.from(text), Buffer.from([0, 1, 2, 255])]),
    "package-lock.json": (text) => Buffer.from(text),
    "picture.svg": (text) => Buffer.from(`<svg>\n${text}\n</svg>`),
    "node_modules/dependency/index.js": (text) => Buffer.from(text),
    "vendor/github.com/x/y.go": (text) => Buffer.from(text),
    "go.sum": (text) => Buffer.from(text),
    "allowed.txt": (text) => Buffer.from(text.replaceAll("\n", ` # gitleaks${":"}allow\n`)),
  };

  test.each(Object.entries(files))("is found in %s", async (path, make) => {
    await using repo = await publishedRepo();
    const tokens = fakeTokens();
    await repo.commit({ [path]: await make(tokens.map(({ text }) => `${text}\n`).join("")) });
    await expectAllFound(repo, tokens);
  });

  const ways: Readonly<Record<string, (repo: ScratchRepo, text: string) => Promise<string>>> = {
    "a new branch": async (repo, text) => {
      await repo.git("checkout", "-q", "-b", "feature");
      await repo.commit({ "a.txt": text });
      return await repo.commit({ "a.txt": "clean again\n" });
    },
    "a commit message": (repo, text) => repo.commit({}, `Work\n\n${text}`),
    "an amended message": async (repo, text) => {
      await repo.commit({ "a.txt": "work\n" });
      await repo.publish();
      await repo.git("commit", "-q", "--amend", "-m", `Work\n\n${text}`);
      return await repo.tip();
    },
    "a tag's message": async (repo, text) => {
      await repo.git("tag", "-a", "v1", "-m", text);
      return await repo.tip("v1");
    },
    "a tag of a tag": async (repo, text) => {
      await repo.git("tag", "-a", "v1", "-m", text);
      await repo.git("tag", "-a", "v2", "-m", "outer", "v1");
      return await repo.tip("v2");
    },
    "a tag on a blob": async (repo, text) => {
      await repo.write("blob.txt", text);
      const id = await repo.git("hash-object", "-w", "blob.txt");
      await repo.git("tag", "blob", id);
      return id;
    },
    "a force-push": async (repo, text) => {
      await repo.commit({ "a.txt": "one\n" });
      await repo.publish();
      await repo.git("reset", "-q", "--hard", "HEAD~1");
      return await repo.commit({ "a.txt": text });
    },
    "a branch that is merged": async (repo, text) => {
      await repo.git("checkout", "-q", "-b", "side");
      await repo.commit({ "side.txt": text });
      await repo.git("checkout", "-q", "main");
      await repo.commit({ "main.txt": "main\n" });
      await repo.git("merge", "-q", "--no-edit", "side");
      return await repo.tip();
    },
    "a merge that brings what no parent has": async (repo, text) => {
      await sideBranch(repo);
      await repo.git("merge", "-q", "--no-commit", "side");
      return await repo.commit({ "src/main.ts": `export const main = 1;\n${text}` }, "Merge");
    },
    "a conflict resolved with it": async (repo, text) => {
      await sideBranch(repo, { "src/main.ts": "export const main = 2;\n" });
      await repo.commit({ "src/main.ts": "export const main = 3;\n" });
      await repo.git("merge", "-q", "side").catch(() => {});
      return await repo.commit({ "src/main.ts": `export const main = 4;\n${text}` }, "Merge");
    },
    "a renamed file": async (repo, text) => {
      const body = Array.from({ length: 200 }, (_, line) => `line ${line}\n`).join("");
      await repo.commit({ "old.txt": body });
      await repo.publish();
      await repo.git("mv", "old.txt", "new.txt");
      return await repo.commit({ "new.txt": `${body}${text}` });
    },
    "a file hidden from diffs": (repo, text) => repo.commit({ ".gitattributes": "* -diff\n*.txt binary\n", "a.txt": text }),
    "a repository with a configuration of its own": (repo, text) =>
      repo.commit({
        ".gitleaks.toml": "[extend]\nuseDefault = false\n[allowlist]\npaths = ['''.*''']\n",
        ".gitleaksignore": "a.txt:github-pat:1\n",
        "a.txt": text,
      }),
    "a link": async (repo, text) => {
      await repo.write("target", text.replaceAll("\n", " "));
      const id = await repo.git("hash-object", "-w", "target");
      await repo.git("update-index", "--add", "--cacheinfo", `120000,${id},link`);
      await repo.git("commit", "-q", "-m", "Link");
      return await repo.tip();
    },
  };

  test.each(Object.entries(ways))("is found in %s", async (_, push) => {
    await using repo = await publishedRepo();
    const tokens = fakeTokens();
    const tip = await push(repo, tokens.map(({ text }) => `${text}\n`).join("\n"));
    await expectAllFound(repo, tokens, tip);
  });

  test("is found in big files, and in small ones, merges and messages that are pushed with them", async () => {
    await using repo = await publishedRepo();
    const words = "a line of some ordinary words\n".repeat(200_000);
    await repo.commit({ "grown.txt": words });
    await repo.publish();
    const tokens = Array.from({ length: 6 }, githubToken);
    const [added, grown, small, changed, merged, message] = tokens.map(({ text }) => `${text}\n`);
    await repo.commit({ "added.txt": `${words}${added}`, "small.txt": `${small}`, "grown.txt": `${words}${grown}` }, message);
    await repo.commit({ "src/main.ts": `export const main = 1;\n${changed}` });
    await sideBranch(repo);
    await repo.git("merge", "-q", "--no-commit", "side");
    await repo.commit({ "README.md": `# Project\n${merged}` }, "Merge");
    const outcome = await scan(repo);
    expect(outcome).toMatchObject({ commitCount: 5, findingCount: 6 });
    expect(
      findingsOf(outcome)
        .map(({ path, line }) => `${path ?? "message"} ${line}`)
        .toSorted(),
    ).toEqual(["README.md 2", "added.txt 200001", "grown.txt 200001", "message 1", "small.txt 1", "src/main.ts 2"]);
  });

  async function sideBranch(repo: ScratchRepo, files: Readonly<Record<string, string>> = { "side.txt": "side\n" }): Promise<void> {
    await repo.git("checkout", "-q", "-b", "side");
    await repo.commit(files);
    await repo.git("checkout", "-q", "main");
    await repo.commit({ "other.txt": "other\n" });
  }

  async function expectAllFound(repo: ScratchRepo, tokens: readonly FakeToken[], ...tips: readonly string[]): Promise<void> {
    const outcome = await scan(repo, ...tips);
    const rules = new Set(findingsOf(outcome).map(({ rule }) => rule));
    const missed = tokens.map(({ rule }) => rule).filter((rule) => rule !== null && !rules.has(rule));
    expect(missed).toEqual([]);
    expectUntold(outcome, ...tokens);
  }
});

describe("what upstream has", () => {
  test("a new branch on a history full of old findings passes", async () => {
    await using repo = await publishedRepo();
    for (const { text } of fakeTokens()) await repo.commit({ "old.txt": text }, `Leak\n\n${text}`);
    await repo.publish();
    await repo.git("checkout", "-q", "-b", "feature");
    await repo.commit({ "new.txt": "clean\n" });
    expect(findingsOf(await scan(repo))).toEqual([]);
  });

  test("merging what upstream has, with its old findings, into a branch passes", async () => {
    await using repo = await publishedRepo();
    await repo.git("checkout", "-q", "-b", "feature");
    await repo.commit({ "new.txt": "clean\n" });
    await repo.git("checkout", "-q", "main");
    await repo.commit({ "old.txt": githubToken().text, "src/main.ts": `${githubToken().text}\n` });
    await repo.publish();
    await repo.git("checkout", "-q", "feature");
    await repo.git("merge", "-q", "--no-edit", "main");
    const outcome = await scan(repo);
    expect(outcome).toMatchObject({ commitCount: 2, findings: [] });
  });

  test("an old secret stays old when its file is renamed, edited elsewhere, or repacked beside it", async () => {
    await using repo = await publishedRepo();
    const { text } = githubToken();
    const body = Array.from({ length: 50 }, (_, line) => `line ${line}\n`).join("");
    const utf16 = (more: string) => Buffer.from(`${text}\n${body}${more}`, "utf16le");
    await repo.commit({ "a.txt": `${text}\n${body}`, "wide.txt": utf16(""), "a.zip": zipOf("a.txt", `${text}\n`) });
    await repo.publish();
    await repo.git("mv", "a.txt", "b.txt");
    await repo.commit({ "b.txt": `${text}\n${body}more\n`, "wide.txt": utf16("more\n"), "a.zip": zipOf("a.txt", `${text}\nmore\n`) });
    expect(findingsOf(await scan(repo))).toEqual([]);
  });

  test("a new secret beside an old one of the same file is found, in archives too", async () => {
    await using repo = await publishedRepo();
    const [old, fresh] = [githubToken(), githubToken()];
    await repo.commit({ "a.zip": zipOf("a.txt", `${old.text}\n`) });
    await repo.publish();
    await repo.commit({ "a.zip": zipOf("a.txt", `${old.text}\n${fresh.text}\n`) });
    const outcome = await scan(repo);
    expect(findingsOf(outcome)).toEqual([expect.objectContaining({ path: "a.zip!a.txt", line: 2, rule: "github-pat" })]);
  });

  test("a tag that upstream has may be pushed under another name", async () => {
    await using repo = await publishedRepo();
    await repo.git("tag", "-a", "v1", "-m", githubToken().text);
    await repo.publish("v1", "refs/tags/v1");
    expect(findingsOf(await scan(repo, await repo.tip("v1")))).toEqual([]);
  });

  test("histories of every shape are read to their end: octopus merges, type changes, modes, links, submodules, no last line feed", async () => {
    await using repo = await publishedRepo();
    const sides = ["a", "b", "c", "d"];
    await repo.commit({ "shared.txt": "1\n2\n3", "was-file": "file\n", "tool.sh": "echo\n", "pic.bin": Buffer.from([0, 1, 2]) });
    for (const side of sides) {
      await repo.git("checkout", "-q", "-b", side, "main");
      await repo.commit({ [`${side}.txt`]: side, "pic.bin": Buffer.from([0, 1, side.charCodeAt(0)]), "shared.txt": `1\n2 ${side}\n3` });
    }
    await repo.git("checkout", "-q", "main");
    await repo.git("update-index", "--add", "--chmod=+x", "tool.sh");
    await repo.git("update-index", "--add", "--cacheinfo", `160000,${await repo.tip()},module`);
    await repo.git("rm", "-q", "--cached", "was-file");
    const link = await repo.git("hash-object", "-w", "tool.sh");
    await repo.git("update-index", "--add", "--cacheinfo", `120000,${link},was-file`);
    await repo.git("commit", "-q", "-m", "Shapes");
    for (const side of sides.slice(0, 2)) {
      await repo.git("merge", "-q", "-s", "ours", "--no-commit", side);
      await repo.write("shared.txt", `1\n2 both ${side}\n3\n4`);
      await repo.write("pic.bin", Buffer.from([0, 9, side.charCodeAt(0)]));
      await repo.git("add", "shared.txt", "pic.bin");
      await repo.git("commit", "-q", "-m", `Merge ${side}`);
    }
    const tree = await repo.tip("HEAD^{tree}");
    const parents = ["HEAD", ...sides].flatMap((side) => ["-p", side]);
    const octopus = await repo.git("commit-tree", "-m", "Octopus", ...parents, tree);
    expect(await scan(repo, octopus)).toMatchObject({ kind: "scanned", commitCount: 9, findingCount: 0 });
  });

  test("a branch that adds nothing is scanned and has nothing", async () => {
    await using repo = await publishedRepo();
    expect(await scan(repo)).toEqual({ kind: "scanned", commits: [], commitCount: 0, findings: [], findingCount: 0 });
  });
});

describe("what is told of a finding", () => {
  test("the same push is told the same way again, and each secret of a line has a fingerprint of its own", async () => {
    await using repo = await publishedRepo();
    await repo.commit({ "a.txt": `${githubToken().text} ${githubToken().text}\n`, "b.txt": githubToken().text });
    const first = findingsOf(await scan(repo));
    expect(first).toEqual(findingsOf(await scan(repo)));
    expect(new Set(first.map(({ fingerprint }) => fingerprint)).size).toBe(3);
  });

  test("a secret in a path, a subject or a name is told of without the secret", async () => {
    await using repo = await publishedRepo();
    const tokens = [githubToken(), githubToken(), githubToken()] as const;
    await repo.write(`keys/${tokens[0].secret}.txt`, "nothing\n");
    await repo.git("add", "--all");
    await repo.gitAs({ GIT_AUTHOR_NAME: `Ada ${tokens[1].secret}` }, "commit", "-q", "-m", `Use ${tokens[2].secret}`);
    const outcome = await scan(repo);
    expect(
      findingsOf(outcome)
        .map(({ place }) => place)
        .toSorted(),
    ).toEqual(["author", "file", "message"]);
    expectUntold(outcome, ...tokens);
    expect(outcome).toMatchObject({ commits: [{ subject: "Use [redacted]", author: "Ada [redacted] <ada@example.test>" }] });
  });

  test("the excerpt shows what stands before the secret and nothing after it", async () => {
    await using repo = await publishedRepo();
    const { text, secret } = githubToken();
    await repo.commit({ "a.txt": `export API_TOKEN="${secret}" # ${text}\n` });
    const outcome = await scan(repo);
    for (const { excerpt } of findingsOf(outcome)) expect(excerpt).toMatch(/^[^[]*\[redacted\]$/);
    expectUntold(outcome, { rule: null, text, secret });
  });

  test("rules for some files hold for those, and only those", async () => {
    await using repo = await publishedRepo();
    const secret = `"${githubToken().secret.slice(-12).toLowerCase()}"`;
    await repo.commit({ "main.tf": `administrator_login_password = ${secret}\n`, "keys/store.p12": Buffer.from([0x30, 0x82, 0, 1]) });
    const found = findingsOf(await scan(repo)).map(({ rule, path }) => [rule, path]);
    expect(found).toContainEqual(["hashicorp-tf-password", "main.tf"]);
    expect(found).toContainEqual(["pkcs12-file", "keys/store.p12"]);
  });
});
