import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import type { ObjectId, PushFinding } from "#common/domain/git.ts";
import type { ScanLimits } from "../../../sidecars/git-gate/scan/scan-limits.ts";
import type { PushScanner, ScanOutcome } from "../../../sidecars/git-gate/scan/scan-types.ts";
import { createScanner } from "../../../sidecars/git-gate/scan/scanner.ts";
import type { FakeToken } from "./fake-tokens.ts";
import { installedGitleaks } from "./installed-tools.ts";
import { GIT_ENV, ScratchRepo } from "./scratch-repo.ts";

/** A repository with a little history that upstream has. */
export async function publishedRepo(): Promise<ScratchRepo> {
  const repo = await ScratchRepo.create();
  await repo.commit({ "README.md": "# Project\n", "src/main.ts": "export const main = 1;\n" }, "Begin");
  await repo.publish();
  return repo;
}

export async function scannerFor(repo: ScratchRepo, limits: Partial<ScanLimits> = {}): Promise<PushScanner> {
  const workDir = join(repo.root, "scan");
  await mkdir(workDir, { recursive: true, mode: 0o700 });
  return createScanner({ gitleaks: await installedGitleaks(), workDir, limits });
}

/** Scans what pushing these would introduce; the branch that is checked out when none is named. */
export async function scan(repo: ScratchRepo, ...tips: readonly ObjectId[]): Promise<ScanOutcome> {
  return await scanWith(await scannerFor(repo), repo, ...tips);
}

export async function scanWith(scanner: PushScanner, repo: ScratchRepo, ...tips: readonly ObjectId[]): Promise<ScanOutcome> {
  const newTips = tips.length > 0 ? tips : [await repo.tip()];
  return await scanner.scan({ gitDir: repo.mirror, env: GIT_ENV, newTips, newNames: [], signal: AbortSignal.timeout(120_000) });
}

export function findingsOf(outcome: ScanOutcome): readonly PushFinding[] {
  expect(outcome).toMatchObject({ kind: "scanned" });
  return outcome.kind === "scanned" ? outcome.findings : [];
}

/** That nothing of the outcome, which goes to client, panel and archive, tells a secret. */
export function expectUntold(outcome: unknown, ...tokens: readonly FakeToken[]): void {
  const told = JSON.stringify(outcome);
  for (const { secret } of tokens) expect(told).not.toContain(secret);
}
