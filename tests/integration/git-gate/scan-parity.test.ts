import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { fakeTokens } from "../../support/git-gate/fake-tokens.ts";
import { installedGitleaks } from "../../support/git-gate/installed-tools.ts";
import { findingsOf, publishedRepo, scan } from "../../support/git-gate/scan-harness.ts";
import type { ScratchRepo } from "../../support/git-gate/scratch-repo.ts";
import { GIT_ENV } from "../../support/git-gate/scratch-repo.ts";

/** GIT-3: reading a push our way loses nothing that gitleaks finds when it walks the history itself, with all its allow-lists off. */

const PACKAGES = fileURLToPath(new URL("../../../node_modules", import.meta.url));
/** Real code of many hands and styles, which any checkout has: some megabytes of it. */
const SOURCES = [
  "zod/v4/classic",
  "commander/lib",
  "dockerode/lib",
  "yaml/dist/compose",
  "tar-stream",
  "diff/libcjs",
  "ssh2/test",
  "ssh2/lib",
];

test("every finding of `gitleaks git` over a history of real code with secrets in it is among ours", async () => {
  await using repo = await publishedRepo();
  for (const source of SOURCES) await repo.commit(await withSecrets(source), `Take ${source}`);
  for (const source of SOURCES.slice(0, 3)) await repo.commit(await withSecrets(source), `Take ${source} anew`);
  const theirs = await gitleaksFindings(repo);
  expect(theirs.length).toBeGreaterThan(20);
  const outcome = await scan(repo);
  const ours = new Set(findingsOf(outcome).map(({ commit, path, rule, line }) => [commit, path, rule, line].join(" ")));
  expect(outcome).toMatchObject({ findingCount: findingsOf(outcome).length });
  expect(theirs.filter((finding) => !ours.has(finding))).toEqual([]);
});

/** A package's files, a made-up secret in the middle of some. */
async function withSecrets(source: string): Promise<Record<string, string>> {
  const folder = join(PACKAGES, source);
  const names = (await readdir(folder)).filter((name) => /\.[cm]?[jt]s$/.test(name)).slice(0, 12);
  const tokens = fakeTokens();
  const files = names.map(async (name, index) => {
    const lines = (await readFile(join(folder, name), "utf8")).split("\n");
    if (index < 3) lines.splice(lines.length >> 1, 0, tokens[(index * 5 + source.length) % tokens.length]?.text ?? "");
    return [`${source}/${name}`, lines.join("\n")] as const;
  });
  return Object.fromEntries(await Promise.all(files));
}

async function gitleaksFindings(repo: ScratchRepo): Promise<readonly string[]> {
  const config = join(repo.root, "scan", "gitleaks-content.toml");
  // Our own scan has derived the rules; theirs runs by the same ones.
  await scan(repo);
  const report = join(repo.root, "report.json");
  const args = [
    "git",
    "--config",
    config,
    "--ignore-gitleaks-allow",
    "--report-format",
    "json",
    "--report-path",
    report,
    "--exit-code",
    "0",
  ];
  const depth = ["--max-decode-depth", "1", "--log-opts", "HEAD"];
  await promisify(execFile)(await installedGitleaks(), [...args, ...depth, repo.work], { env: GIT_ENV, cwd: repo.root });
  const findings = JSON.parse(await readFile(report, "utf8")) as readonly Record<"Commit" | "File" | "RuleID" | "StartLine", string>[];
  return findings.map(({ Commit, File, RuleID, StartLine }) => [Commit, File, RuleID, StartLine].join(" "));
}
