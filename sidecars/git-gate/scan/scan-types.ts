import type { ObjectId, PushCommit, PushFile, PushFinding, RefUpdate } from "#common/domain/git.ts";

/** What a push would add to a mirror: everything reachable from its new tips and from no ref that the mirror has (GIT-3). */
export interface ScanRequest {
  /** The bare mirror. */
  readonly gitDir: string;
  /** The whole environment for git: the quarantine of a push that is being received, and nothing of the worker's own. */
  readonly env: Readonly<Record<string, string>>;
  /** Commits, annotated tags, and whatever else a ref can name. Never empty: a push of deletions only is not scanned. */
  readonly newTips: readonly ObjectId[];
  /** Of branches and tags that upstream does not have: they are sent too. */
  readonly newNames: readonly string[];
  /** The client hung up or the gate ends: stop, and answer `failed`. */
  readonly signal: AbortSignal;
}

/** `commits` and `findings` hold at most the first 100; the counts tell how many there are. */
export type ScanOutcome =
  | {
      readonly kind: "scanned";
      readonly commits: readonly PushCommit[];
      readonly commitCount: number;
      readonly findings: readonly PushFinding[];
      readonly findingCount: number;
    }
  /** What was pushed could not be scanned wholly, which refuses it (fail closed). */
  | { readonly kind: "failed"; readonly reason: string };

export interface PushDiffRequest {
  readonly gitDir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly updates: readonly RefUpdate[];
  readonly signal: AbortSignal;
}

/** What the updates change, file by file, secrets replaced; `cut` where not every file is told. Fits a control frame. */
export interface PushDiff {
  readonly files: readonly PushFile[];
  readonly cut: boolean;
}

export interface PushScanner {
  scan(request: ScanRequest): Promise<ScanOutcome>;
  diff(request: PushDiffRequest): Promise<PushDiff>;
}
