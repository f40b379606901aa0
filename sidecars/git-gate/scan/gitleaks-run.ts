import type { Canary } from "./canary.ts";
import type { RunningChild } from "./child-process.ts";
import { startChild } from "./child-process.ts";
import type { Match } from "./gitleaks-report.ts";
import { parseReport } from "./gitleaks-report.ts";
import type { ScanLimits } from "./scan-limits.ts";
import { ScanError } from "./scan-limits.ts";

/** The scanner on this machine. */
export interface Gitleaks {
  /** Path of the program. */
  readonly command: string;
  /** A folder of ours without `.gitleaks.toml` or `.gitleaksignore`: the program looks for both where it runs. */
  readonly cwd: string;
  readonly limits: ScanLimits;
}

export type ScanSource = { readonly mode: "stdin" } | { readonly mode: "dir"; readonly files: string; readonly temporary: string };

/** Its answer when it reported something; the canary makes that the only good one. */
const FOUND = 77;

/**
 * Starts gitleaks so that nothing but its rules decides: no file of the repository is read as configuration, and comments that
 * ask for an exception are not heard.
 */
export function startGitleaks({ command, cwd, limits }: Gitleaks, config: string, source: ScanSource, signal: AbortSignal): RunningChild {
  const args = [
    source.mode,
    ...["--config", config, "--ignore-gitleaks-allow", "--gitleaks-ignore-path", cwd],
    ...["--report-format", "json", "--report-path", "-", "--exit-code", String(FOUND), "--log-level", "fatal"],
    ...["--no-banner", "--no-color", "--max-decode-depth", String(limits.decodeDepth)],
    ...["--max-archive-depth", String(limits.archiveDepth)],
    ...(source.mode === "dir" ? [source.files] : []),
  ];
  const env = { HOME: cwd, TMPDIR: source.mode === "dir" ? source.temporary : cwd, GOMEMLIMIT: "256MiB", GOTRACEBACK: "none" };
  return startChild({ command, args, env, cwd }, signal);
}

/** Reads the report to its end. Without the canary in it the scanner did not look at everything, whatever else it says. */
export async function readMatches(
  child: RunningChild,
  isCanary: (match: Match) => boolean,
  limits: Pick<ScanLimits, "maxReportBytes">,
): Promise<readonly Match[]> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limits.maxReportBytes) throw new ScanError("the scanner found more than its report may hold");
    chunks.push(chunk);
  }
  const { code } = await child.exit;
  if (code !== FOUND) throw new ScanError("the scanner did not finish its work");
  const matches = parseReport(Buffer.concat(chunks).toString("utf8"));
  const found = matches.filter((match) => !isCanary(match));
  if (found.length === matches.length) throw new ScanError("the scanner did not report what it had to");
  return found;
}

export function matchesCanary(canary: Canary, line: number): (match: Match) => boolean {
  return ({ RuleID, StartLine, Match: text }) => RuleID === canary.rule && StartLine === line && canary.line.includes(text);
}
