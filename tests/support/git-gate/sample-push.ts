import type { HeldPush, PushFinding, PushRecord } from "#common/domain/git.ts";
import { SLUG } from "../bundle/bundle-folder.ts";

export const COMMIT = "a".repeat(40);
const ZERO = "0".repeat(40);

export function finding(parts: Partial<PushFinding> = {}): PushFinding {
  return {
    fingerprint: `${COMMIT}:config.ts:github-pat:1`,
    rule: "github-pat",
    description: "A token",
    commit: COMMIT,
    place: "file",
    path: "config.ts",
    line: 1,
    excerpt: 'key = "[redacted]"',
    ...parts,
  };
}

export function record(parts: Partial<PushRecord> = {}): PushRecord {
  return {
    id: `${SLUG}.g1`,
    time: "2026-01-01T00:00:00.000Z",
    repo: "project",
    refs: [{ ref: "refs/heads/main", old: ZERO, new: COMMIT, kind: "create" }],
    refCount: 1,
    verdict: "held",
    rule: "finding",
    reason: "a string that looks like a secret was found in it",
    findings: [finding()],
    findingCount: 1,
    commits: [],
    commitCount: 1,
    bytes: 100,
    durationMs: 5,
    ...parts,
  };
}

export function heldPush(parts: Partial<HeldPush> = {}): HeldPush {
  return { slug: SLUG, push: record(), digest: "d".repeat(64), status: "held", decision: null, ...parts };
}
