import { log } from "../../kit/log.ts";
import { sweepArchives } from "./archive-folder.ts";
import { diffPush } from "./diff-push.ts";
import type { Gitleaks } from "./gitleaks-run.ts";
import type { InstalledRules } from "./installed-rules.ts";
import { installRules } from "./installed-rules.ts";
import type { ScanLimits } from "./scan-limits.ts";
import { DEFAULT_LIMITS, ScanError } from "./scan-limits.ts";
import { scanPush } from "./scan-push.ts";
import type { PushDiff, PushDiffRequest, PushScanner, ScanOutcome, ScanRequest } from "./scan-types.ts";

export interface ScannerOptions {
  /** Path of the program; its release's `gitleaks.toml` lies beside it. */
  readonly gitleaks: string;
  /** A private folder: for the derived rules, and for archives while they are opened. */
  readonly workDir: string;
  readonly limits?: Partial<ScanLimits>;
}

/** What pushes are scanned with (GIT-3). */
export function createScanner({ gitleaks: command, workDir, limits }: ScannerOptions): PushScanner {
  const gitleaks: Gitleaks = { command, cwd: workDir, limits: { ...DEFAULT_LIMITS, ...limits } };
  const rules = prepare(`${command}.toml`, workDir);
  // Whoever scans is told; until then nobody listens.
  rules.catch(() => {});
  return new GitleaksScanner(gitleaks, rules);
}

async function prepare(released: string, workDir: string): Promise<InstalledRules> {
  const rules = await installRules(released, workDir);
  await sweepArchives(workDir);
  return rules;
}

class GitleaksScanner implements PushScanner {
  readonly #gitleaks: Gitleaks;
  readonly #rules: Promise<InstalledRules>;

  constructor(gitleaks: Gitleaks, rules: Promise<InstalledRules>) {
    this.#gitleaks = gitleaks;
    this.#rules = rules;
  }

  async scan(request: ScanRequest): Promise<ScanOutcome> {
    try {
      return await this.#within(request.signal, async (signal) => scanPush(this.#gitleaks, await this.#rules, request, signal));
    } catch (error) {
      return { kind: "failed", reason: reasonOf(error) };
    }
  }

  async diff(request: PushDiffRequest): Promise<PushDiff> {
    return await this.#within(request.signal, async (signal) => diffPush(this.#gitleaks, await this.#rules, request, signal));
  }

  /** Bounds the work in time and ends, however it ends, every program that it started. */
  async #within<T>(given: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const over = new AbortController();
    const { timeoutMs } = this.#gitleaks.limits;
    const deadline = AbortSignal.timeout(timeoutMs);
    const signal = AbortSignal.any([given, deadline, over.signal]);
    try {
      given.throwIfAborted();
      return await work(signal);
    } catch (error) {
      if (given.aborted) throw new ScanError("the push was given up while it was scanned");
      if (deadline.aborted) throw new ScanError(`the scan did not end within ${Math.round(timeoutMs / 1000)} seconds`);
      throw error;
    } finally {
      over.abort();
    }
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof ScanError) return error.message;
  // Its message may quote what was pushed.
  log("error", "scan-broke", { error: error instanceof Error ? error.name : "unknown" });
  return "the scanner could not be run";
}
