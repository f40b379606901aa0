import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canonicalJson } from "#common/domain/canonical-json.ts";
import type { GateRepo, HeldPush, PushFile, PushFinding, PushRecord } from "#common/domain/git.ts";

export const ED25519_HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF/p8eu48sUiFiPfJ/1ZYtJhp9hbkkMQ1MsV08+X9zin";

/** A throwaway private key, as ssh-keygen writes it. */
export function makePrivateKey(...options: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "bot-bottle-key-"));
  try {
    const given = options.includes("-t") ? options : ["-t", "ed25519", ...options];
    const passphrase = options.includes("-N") ? [] : ["-N", ""];
    execFileSync("ssh-keygen", ["-q", ...given, ...passphrase, "-C", "", "-f", join(folder, "key")]);
    return readFileSync(join(folder, "key"), "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function gateRepo(changes: Partial<GateRepo> = {}): GateRepo {
  return {
    name: "app",
    upstream: { user: "git", host: "git.example.org", port: 22, path: "owner/app.git" },
    hostKey: ED25519_HOST_KEY,
    allowForce: false,
    allowDelete: false,
    onFinding: "hold",
    reviewAlways: false,
    ...changes,
  };
}

export function pushRecord(slug: string, number = 1, changes: Partial<PushRecord> = {}): PushRecord {
  const update = { ref: "refs/heads/work", old: "0".repeat(40), new: "a".repeat(40), kind: "create" } as const;
  return {
    id: `${slug}.g${number}`,
    time: "2026-11-22T12:00:00.000Z",
    repo: "app",
    refs: [update],
    refCount: 1,
    verdict: "forwarded",
    rule: "clean",
    reason: "nothing was found in 1 commit",
    findings: [],
    findingCount: 0,
    commits: [{ id: "a".repeat(40), author: "Ada <ada@example.org>", date: "2026-11-22T11:00:00+00:00", subject: "work" }],
    commitCount: 1,
    bytes: 500,
    durationMs: 20,
    ...changes,
  };
}

export function pushFinding(changes: Partial<PushFinding> = {}): PushFinding {
  return {
    fingerprint: `${"a".repeat(40)}:config.ts:github-pat:3`,
    rule: "github-pat",
    description: "GitHub Personal Access Token",
    commit: "a".repeat(40),
    place: "file",
    path: "config.ts",
    line: 3,
    excerpt: 'const token = "[redacted]";',
    ...changes,
  };
}

export function heldPush(slug: string, number = 1, changes: Partial<PushRecord> = {}): HeldPush {
  const finding = pushFinding();
  const held = { verdict: "held", rule: "finding", reason: "1 finding", findings: [finding], findingCount: 1 } as const;
  const push = pushRecord(slug, number, { ...held, findings: [finding], ...changes });
  return { slug, push, digest: createHash("sha256").update(canonicalJson(push)).digest("hex"), status: "held", decision: null };
}

export function pushFile(path: string, changes: Partial<PushFile> = {}): PushFile {
  return {
    path,
    oldPath: null,
    change: "changed",
    added: 1,
    removed: 1,
    binary: false,
    patch: "@@ -1 +1 @@\n-a\n+b\n",
    cut: false,
    ...changes,
  };
}
