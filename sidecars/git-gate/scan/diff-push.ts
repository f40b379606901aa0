import type { Gitleaks } from "./gitleaks-run.ts";
import type { InstalledRules } from "./installed-rules.ts";
import type { PushDiff, PushDiffRequest } from "./scan-types.ts";

export async function diffPush(
  _gitleaks: Gitleaks,
  _rules: InstalledRules,
  _request: PushDiffRequest,
  _signal: AbortSignal,
): Promise<PushDiff> {
  return { files: [], cut: false };
}
