import { copyFile, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { ScanLimits } from "../../../sidecars/git-gate/scan/scan-limits.ts";
import { createScanner } from "../../../sidecars/git-gate/scan/scanner.ts";
import { fakeTokens, githubToken } from "../../support/git-gate/fake-tokens.ts";
import { installedGitleaks } from "../../support/git-gate/installed-tools.ts";
import { expectUntold, findingsOf, publishedRepo, scan, scannerFor, scanWith } from "../../support/git-gate/scan-harness.ts";
import type { ScratchRepo } from "../../support/git-gate/scratch-repo.ts";
import { GIT_ENV } from "../../support/git-gate/scratch-repo.ts";

/** GIT-3: pushes that were made to get past the scanner, and scanners that do not do their work. Whatever cannot be scanned wholly is refused. */

describe("hostile pushes", () => {
  const paths = [
    "new\nline.txt",
    "+++ b/other.txt",
    "diff --git a/x b/x",
    "commit 0123456789012345678901234567890123456789",
    'quo"te\\back.txt',
    "\u001b[2J\u001b]0;title\u0007.txt",
    "a b/ c\t.txt",
    "..\\..\\x.txt",
    "ümläut – ☃.txt",
    "a/b => c/{d}",
  ];

  test("file names cannot pass for something else", async () => {
    await using repo = await publishedRepo();
    const tokens = paths.map(() => githubToken());
    await repo.commit(Object.fromEntries(paths.map((path, index) => [path, `first\n${tokens[index]?.text}\n`])));
    const outcome = await scan(repo);
    expect(findingsOf(outcome).map(({ path, line }) => ({ path, line }))).toEqual(
      expect.arrayContaining(paths.map((path) => ({ path, line: 2 }))),
    );
    expectUntold(outcome, ...tokens);
  });

  test("a file name that is no text, and renames between such names", async () => {
    await using repo = await publishedRepo();
    const id = await repo.git("hash-object", "-w", "README.md");
    const name = (byte: string) => `$(printf 'bad\\${byte}name')`;
    const shell = (script: string) => repo.git("-c", `alias.run=!f() { ${script}; }; f`, "run");
    await shell(`git update-index --add --cacheinfo "100644,${id},${name("377")}" && git commit -q -m Add`);
    await repo.publish();
    const { text } = githubToken();
    await repo.write("more.txt", `# Project\n${text}\n`);
    const more = await repo.git("hash-object", "-w", "more.txt");
    await shell(`git update-index --force-remove "${name("377")}" && git update-index --add --cacheinfo "100644,${more},${name("376")}"`);
    await repo.git("commit", "-q", "-m", "Rename");
    expect(findingsOf(await scan(repo))).toMatchObject([{ rule: "github-pat", path: "bad\ufffdname" }]);
  });

  test("content that looks like a diff, a commit or a hunk stays content", async () => {
    await using repo = await publishedRepo();
    const { text } = githubToken();
    const lines = [
      "diff --git a/x b/x",
      "--- a/x",
      "+++ b/x",
      "@@ -1 +1 @@",
      "Binary files a/x and b/x differ",
      "commit abc",
      "\\ No newline",
      "",
    ];
    await repo.commit({ "a.txt": `${lines.join("\n")}\n${text}` });
    expect(findingsOf(await scan(repo))).toMatchObject([{ path: "a.txt", line: lines.length + 1 }]);
  });

  test("what a commit stores beside what git shows is scanned: unknown headers, text after a zero byte, another encoding", async () => {
    await using repo = await publishedRepo();
    const tokens = [githubToken(), githubToken(), githubToken()] as const;
    const head = await repo.git("cat-file", "commit", "HEAD");
    const stored = [
      head.replace("\n\n", `\nhidden ${tokens[0].secret}\n\n`),
      `${head}\n\0${tokens[1].secret}\n`,
      head.replace("\n\n", "\nencoding UTF-16\n\n") + Buffer.from(tokens[2].secret, "utf16le").toString("latin1"),
    ];
    for (const [index, commit] of stored.entries()) {
      await repo.write(`stored-${index}`, Buffer.from(commit, "latin1"));
      const id = await repo.git("hash-object", "-t", "commit", "-w", "--literally", `stored-${index}`);
      const outcome = await scan(repo, id);
      expect(findingsOf(outcome)).toMatchObject([{ rule: "github-pat", place: "message", commit: id }]);
      expectUntold(outcome, tokens[index] ?? tokens[0]);
    }
  });

  test("ten megabytes without a line feed hide nothing", async () => {
    await using repo = await publishedRepo();
    const { text } = githubToken();
    const filler = "lorem ipsum ".repeat(420_000);
    await repo.commit({ "long.txt": `${filler} ${text} ${filler}` });
    expect(findingsOf(await scan(repo))).toMatchObject([{ path: "long.txt", line: 1, rule: "github-pat" }]);
  });

  test("a secret is found wherever it lies in a big file: no cut of the text goes unseen", async () => {
    await using repo = await publishedRepo();
    const key = fakeTokens().find(({ rule }) => rule === "private-key")?.text ?? "";
    const offsets = Array.from({ length: 60 }, (_, index) => 12_000 + index * 397);
    const fill = (size: number) => "some ordinary words in a line of text\n".repeat(Math.ceil(size / 38)).slice(0, size);
    const files = offsets.map((offset, index) => [`f${index}.txt`, `${fill(offset)}\n${githubToken().text}\n${fill(9000)}\n${key}\n`]);
    await repo.commit(Object.fromEntries(files));
    const outcome = await scan(repo);
    expect(outcome).toMatchObject({ kind: "scanned", findingCount: 120 });
  });

  test("a secret parted by zero bytes, or touching binary bytes, is found", async () => {
    await using repo = await publishedRepo();
    const [a, b, c] = [githubToken(), githubToken(), githubToken()];
    const wide = (text: string, width: number) => Buffer.concat([...text].map((letter) => Buffer.from(letter.padEnd(width, "\0"))));
    await repo.commit({
      "a.bin": Buffer.concat([Buffer.from([0, 255]), Buffer.from(a.secret), Buffer.from([0, 1])]),
      "b.bin": Buffer.concat([Buffer.alloc(64), wide(b.secret, 2), Buffer.from([200])]),
      "c.bin": Buffer.concat([Buffer.alloc(9000, 32), wide(c.secret, 4)]),
    });
    expect(findingsOf(await scan(repo)).map(({ path }) => path)).toEqual(["a.bin", "b.bin", "c.bin"]);
  });
});

describe("what cannot be scanned", () => {
  test("an object that is not there, a range that is none", async () => {
    await using repo = await publishedRepo();
    expect(await scan(repo, "1".repeat(40))).toEqual({ kind: "failed", reason: "an object of the push is missing" });
    expect(await scan(repo, "main..nowhere")).toMatchObject({ kind: "failed" });
    expect(await scan(repo, "--all")).toMatchObject({ kind: "failed" });
  });

  test("a ref on a folder, a commit whose content is missing", async () => {
    await using repo = await publishedRepo();
    expect(await scan(repo, await repo.tip("HEAD^{tree}"))).toMatchObject({ kind: "failed", reason: expect.stringContaining("folder") });
    await repo.commit({ "a.txt": "content\n" });
    const blob = await repo.tip("HEAD:a.txt");
    await rm(join(repo.work, ".git/objects", blob.slice(0, 2), blob.slice(2)));
    expect(await scan(repo)).toMatchObject({ kind: "failed" });
  });

  test("a mirror that is none", async () => {
    await using repo = await publishedRepo();
    const scanner = await scannerFor(repo);
    const request = {
      gitDir: join(repo.root, "nothing"),
      env: GIT_ENV,
      newTips: [await repo.tip()],
      newNames: [],
      signal: AbortSignal.timeout(60_000),
    };
    expect(await scanner.scan(request)).toMatchObject({ kind: "failed" });
  });

  const limits: readonly [string, Partial<ScanLimits>][] = [
    ["too many pieces", { maxSections: 3 }],
    ["too much text", { maxTextBytes: 2000 }],
    ["too big archives", { maxArchiveBytes: 20 }],
    ["a report that is too long", { maxReportBytes: 100 }],
  ];

  test.each(limits)("a push with %s", async (_, limit) => {
    await using repo = await publishedRepo();
    const text = "words and words\n".repeat(200);
    await repo.commit({ "a.txt": text, "b.txt": text, "c.txt": githubToken().text, "a.gz": gzipSync(text) });
    expect(await scanWith(await scannerFor(repo, limit), repo)).toMatchObject({ kind: "failed" });
  });

  test("an archive that unpacks without end runs into the time limit", async () => {
    await using repo = await publishedRepo();
    await repo.commit({ "bomb.gz": gzipSync(Buffer.concat([Buffer.alloc(300 << 20, "token = abcdefgh ")])) });
    const outcome = await scanWith(await scannerFor(repo, { timeoutMs: 2000 }), repo);
    expect(outcome).toEqual({ kind: "failed", reason: "the scan did not end within 2 seconds" });
    expect(await readdir(join(repo.root, "scan"))).not.toContainEqual(expect.stringContaining("archives-"));
  });

  test("what a killed scan left behind is removed before the next", async () => {
    await using repo = await publishedRepo();
    const left = join(repo.root, "scan", "archives-left", "files");
    await mkdir(left, { recursive: true });
    await writeFile(join(left, "0.zip"), githubToken().text);
    expect(findingsOf(await scan(repo))).toEqual([]);
    expect((await readdir(join(repo.root, "scan"))).toSorted()).toEqual(["gitleaks-by-path.toml", "gitleaks-content.toml"]);
  });

  test("a client that hung up", async () => {
    await using repo = await publishedRepo();
    await repo.commit({ "a.txt": "text\n" });
    const scanner = await scannerFor(repo);
    const gone = new AbortController();
    const scanning = scanner.scan({ gitDir: repo.mirror, env: GIT_ENV, newTips: [await repo.tip()], newNames: [], signal: gone.signal });
    gone.abort();
    expect(await scanning).toEqual({ kind: "failed", reason: "the push was given up while it was scanned" });
  });
});

describe("a scanner that does not do its work", () => {
  const programs: Readonly<Record<string, string>> = {
    "crashes at once": "exit 2",
    "crashes after reading": "cat > /dev/null; exit 2",
    "is killed": "head -c 10 > /dev/null; kill -9 $$",
    "finds nothing and says all is well": "cat > /dev/null; echo '[]'; exit 0",
    "finds nothing and says it found something": "cat > /dev/null; echo '[]'; exit 77",
    "says nothing": "cat > /dev/null; exit 77",
    "reports garbage": "cat > /dev/null; echo '[{\"RuleID\": 7}]'; exit 77",
    "reports half a report": 'cat > /dev/null; printf \'[{"RuleID": "github-pat"\'; exit 77',
    "reports a line that is not there":
      'cat > /dev/null; echo \'[{"RuleID":"x","Description":"","StartLine":99999,"EndLine":1,"Match":"","Secret":"","File":""}]\'; exit 77',
    "reads nothing": "echo '[]'; exit 77",
    "never ends": "exec sleep 60",
    "talks without end": "yes '[[[['",
  };

  test.each(Object.entries(programs))("that %s", async (_, script) => {
    await using repo = await publishedRepo();
    const { text } = githubToken();
    await repo.commit({ "a.txt": `${text}\n${"words\n".repeat(50_000)}` });
    const outcome = await scanWith(await standIn(repo, script), repo);
    expect(outcome.kind).toBe("failed");
  });

  test("that is not installed, or whose rules are not", async () => {
    await using repo = await publishedRepo();
    const missing = createScanner({ gitleaks: join(repo.root, "nowhere"), workDir: join(repo.root, "scan") });
    expect(await scanWith(missing, repo)).toMatchObject({ kind: "failed" });
    const scanner = await standIn(repo, "exit 0", "title = 'no rules'\n");
    expect(await scanWith(scanner, repo)).toEqual({ kind: "failed", reason: "the scanner could not be run" });
  });

  async function standIn(repo: ScratchRepo, script: string, rules?: string) {
    const program = join(repo.root, "tools", "gitleaks");
    const workDir = join(repo.root, "scan");
    await Promise.all([mkdir(dirname(program)), mkdir(workDir)]);
    await writeFile(program, `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`, { mode: 0o755 });
    if (rules === undefined) await copyFile(`${await installedGitleaks()}.toml`, `${program}.toml`);
    else await writeFile(`${program}.toml`, rules);
    return createScanner({ gitleaks: program, workDir, limits: { timeoutMs: 3000, maxReportBytes: 1 << 20 } });
  }
});
