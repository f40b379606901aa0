import { createHash } from "node:crypto";
import { canonicalJson } from "#common/domain/canonical-json.ts";
import type { PushCommit, PushFinding, PushRecord, RefUpdate } from "#common/domain/git.ts";
import { inertLine } from "../inert-line.ts";

/** A picture with every held push in it must fit a frame beside everything else. */
const MAX_RECORD_BYTES = 64 * 1024;
const MAX_LISTED = 100;

/** What the scan of a push has shown; nothing for one that was not scanned. */
export interface Scanned {
  readonly commits: readonly PushCommit[];
  readonly commitCount: number;
  readonly findings: readonly PushFinding[];
  readonly findingCount: number;
}

export const NOT_SCANNED: Scanned = { commits: [], commitCount: 0, findings: [], findingCount: 0 };

export type RecordParts = Pick<PushRecord, "id" | "time" | "repo" | "verdict" | "rule" | "reason" | "bytes" | "durationMs"> & {
  readonly updates: readonly RefUpdate[];
  readonly scanned: Scanned;
};

/** The event of a push, in bounds: lists are cut from their ends until it fits, and the counts tell what there was. */
export function pushRecord({ updates, scanned, reason, ...parts }: RecordParts): PushRecord {
  const record = {
    ...parts,
    reason: inertLine(reason, 1000),
    refs: updates.slice(0, MAX_LISTED),
    refCount: updates.length,
    findings: scanned.findings.slice(0, MAX_LISTED),
    findingCount: scanned.findingCount,
    commits: scanned.commits.slice(0, MAX_LISTED),
    commitCount: scanned.commitCount,
  };
  for (const list of ["commits", "refs", "findings"] as const) {
    while (record[list].length > 1 && sizeOf(record) > MAX_RECORD_BYTES) record[list].length = Math.floor(record[list].length / 2);
  }
  return record;
}

/** Whether the operator would see every finding: what cannot be shown cannot be allowed. */
export function showsAllFindings({ findings, findingCount }: PushRecord): boolean {
  return findings.length === findingCount;
}

/** Names what a decision was made on: repository, refs and findings. */
export function pushDigest(repo: string, updates: readonly RefUpdate[], findings: readonly PushFinding[]): string {
  const subject = { repo, refs: updates.map((update) => ({ ...update })), findings: findings.map(({ fingerprint }) => fingerprint) };
  return createHash("sha256").update(canonicalJson(subject)).digest("hex");
}

function sizeOf(record: unknown): number {
  return Buffer.byteLength(JSON.stringify(record));
}
