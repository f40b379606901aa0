import type { HeldPush, PushCommit, PushFile, PushFinding, PushRecord, RepoStatus } from "#common/domain/git.ts";
import type { PushView } from "#common/ipc/git-methods.ts";
import { ago } from "./sample-time.ts";

const MINUTE = 60_000;

function id(seed: string): string {
  return Array.from({ length: 40 }, (_, at) => "0123456789abcdef"[(seed.charCodeAt(at % seed.length) * (at + 7)) % 16]).join("");
}

export const repos: RepoStatus[] = [
  {
    name: "api",
    upstream: "ssh://git@code.example.org/team/api.git",
    key: "ready",
    keyExpiresAt: ago(-7 * 60 * MINUTE),
    refresh: "ok",
    refreshedAt: ago(4 * MINUTE),
    problem: null,
    branches: 12,
    tags: 48,
  },
  {
    name: "infra",
    upstream: "ssh://git@old.example.org:2222/ops/infra.git",
    key: "ready",
    keyExpiresAt: ago(-7 * 60 * MINUTE),
    refresh: "failed",
    refreshedAt: ago(31 * MINUTE),
    problem: "old.example.org:2222 showed another host key than the pinned one",
    branches: 3,
    tags: 0,
  },
];

const finding: PushFinding = {
  fingerprint: `${id("b")}:src/config.ts:github-pat:12`,
  rule: "github-pat",
  description: "A GitHub personal access token, which opens repositories to whoever reads it.",
  commit: id("commit-2"),
  place: "file",
  path: "src/config.ts",
  line: 12,
  excerpt: 'export const token = "[redacted]";',
};

const inMessage: PushFinding = {
  ...finding,
  fingerprint: `${id("m")}:message:aws-access-token:1`,
  rule: "aws-access-token",
  description: "An AWS access key id.",
  commit: id("commit-3"),
  place: "message",
  path: null,
  line: 3,
  excerpt: "deploy with [redacted]",
};

const commits: PushCommit[] = [
  { id: id("commit-3"), author: "api-refactor <agent@example.org>", date: ago(10 * MINUTE), subject: "Retry with p-retry" },
  {
    id: id("commit-2"),
    author: "api-refactor <agent@example.org>",
    date: ago(12 * MINUTE),
    subject: "Read the token from the config \u202egnihton\u202c",
  },
  { id: id("commit-1"), author: "api-refactor <agent@example.org>", date: ago(14 * MINUTE), subject: "Move the client into its own file" },
];

function push(number: number, parts: Partial<PushRecord>): PushRecord {
  return {
    id: `api-refactor-k3v9q.g${number}`,
    time: ago(9 * MINUTE),
    repo: "api",
    refs: [{ ref: "refs/heads/main", old: id("old"), new: id("commit-3"), kind: "update" }],
    refCount: 1,
    verdict: "forwarded",
    rule: "clean",
    reason: "Forwarded to code.example.org: main",
    findings: [],
    findingCount: 0,
    commits,
    commitCount: 3,
    bytes: 48_231,
    durationMs: 812,
    ...parts,
  };
}

const heldRecord = push(7, {
  verdict: "held",
  rule: "finding",
  reason: "2 findings in 3 commits: held for the operator",
  findings: [finding, inMessage],
  findingCount: 2,
});

export const held: HeldPush = { slug: "api-refactor-k3v9q", push: heldRecord, digest: "d".repeat(64), status: "held", decision: null };

export const decided: HeldPush = {
  ...held,
  push: push(4, {
    time: ago(95 * MINUTE),
    verdict: "held",
    rule: "review",
    reason: "Every push to api is reviewed",
    commitCount: 1,
    commits: commits.slice(2),
  }),
  status: "forwarded",
  decision: { verdict: "forwarded", decidedAt: ago(90 * MINUTE), by: "ada", note: "Good as it is.", allowedFindings: [] },
};

export const refused: PushRecord = push(6, {
  time: ago(26 * MINUTE),
  refs: [{ ref: "refs/heads/try-cache", old: "0".repeat(40), new: id("try"), kind: "create" }],
  verdict: "refused",
  rule: "finding",
  reason: "1 finding in 2 commits: src/cache.ts:4 looks like a GitHub token (github-pat)",
  findings: [{ ...finding, path: "src/cache.ts", line: 4 }],
  findingCount: 1,
  commits: commits.slice(1),
  commitCount: 2,
});

export const pushes: PushRecord[] = [
  heldRecord,
  refused,
  push(5, {
    time: ago(41 * MINUTE),
    rule: "force-not-allowed",
    verdict: "refused",
    reason: "main would be rewritten, and api does not allow that",
    refs: [{ ref: "refs/heads/main", old: id("old"), new: id("new"), kind: "force" }],
  }),
  decided.push,
  push(3, { time: ago(130 * MINUTE) }),
];

export const files: PushFile[] = [
  {
    path: "src/config.ts",
    oldPath: null,
    change: "changed",
    added: 4,
    removed: 1,
    binary: false,
    cut: false,
    patch: [
      "@@ -9,4 +9,7 @@ export interface Config {",
      " ",
      " export function readConfig(): Config {",
      "-  return parse(env);",
      "+  // for the tests, remove later",
      '+  const token = "[redacted]";',
      "+  const config = parse(env);",
      "+  return { ...config, token };",
      " }",
      "",
    ].join("\n"),
  },
  {
    path: "src/retry.ts",
    oldPath: "src/loop.ts",
    change: "renamed",
    added: 2,
    removed: 2,
    binary: false,
    cut: false,
    patch:
      '@@ -1,3 +1,3 @@\n-import { loop } from "./loop.ts";\n-loop(5);\n+import pRetry from "p-retry";\n+await pRetry(5);\u200b\n export {};\n',
  },
  { path: "logo.png", oldPath: null, change: "added", added: 0, removed: 0, binary: true, cut: false, patch: "" },
];

export function view(push: HeldPush): PushView {
  return {
    held: push,
    sentence: "Forwards 3 commits to main of api at code.example.org; 2 findings would be let pass.",
    warnings: ["It goes to main, which others build on."],
    files,
    cut: false,
    blocked: null,
  };
}
