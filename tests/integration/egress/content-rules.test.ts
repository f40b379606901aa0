import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { deriveRules } from "../../../sidecars/egress/content/rules/derive-rules.ts";
import { EXEMPT, RULES, STOPWORDS } from "../../../sidecars/egress/content/rules/gitleaks-rules.ts";
import { LEFT_OUT } from "../../../sidecars/egress/content/rules/rule-decisions.ts";
import { installedGitleaks } from "../../support/git-gate/installed-tools.ts";
import { samples } from "../../unit/sidecars/egress/content/samples.ts";
import { rulesIn } from "../../unit/sidecars/egress/content/scanning.ts";

let gitleaks = "";
beforeAll(async () => {
  gitleaks = await installedGitleaks();
});

/** The release's takes every commit's hash for a token where the product's name stands anywhere in the text. */
const NARROWED = "sourcegraph-access-token";

/** What the program finds, by line. */
function foundByGitleaks(lines: readonly string[]): Set<string> {
  const args = [
    "stdin",
    "--config",
    join(dirname(gitleaks), "gitleaks.toml"),
    "--report-format",
    "json",
    "--report-path",
    "-",
    "--exit-code",
    "0",
  ];
  const report = execFileSync(gitleaks, [...args, "--no-banner", "--log-level", "error"], {
    input: lines.join("\n\n"),
    maxBuffer: 64 * 1024 ** 2,
  });
  const findings = JSON.parse(report.toString()) as { RuleID: string; StartLine: number }[];
  return new Set(
    findings
      .filter(({ RuleID }) => !(RuleID in LEFT_OUT) && RuleID !== NARROWED)
      .map(({ RuleID, StartLine }) => `${Math.floor(StartLine / 2)}: ${RuleID}`),
  );
}

/** Of what the program found, what egress does not. */
function missedIn(lines: readonly string[], found: ReadonlySet<string>): string[] {
  const ours = new Set(lines.flatMap((line, at) => [...rulesIn(Buffer.from(line, "latin1"))].map((rule) => `${at}: ${rule}`)));
  return [...found].filter((one) => !ours.has(one));
}

describe("DLP-2: the rules that egress scans by", () => {
  test("are those of the pinned release", () => {
    const derived = deriveRules(readFileSync(join(dirname(gitleaks), "gitleaks.toml"), "utf8"));
    expect(RULES).toEqual(derived.rules);
    expect([EXEMPT, STOPWORDS]).toEqual([derived.exempt, derived.stopwords]);
  });

  test("find what the program finds in samples", () => {
    const lines = samples.map(({ text }) => text.replaceAll("\n", "\\n"));
    expect(missedIn(lines, foundByGitleaks(lines))).toEqual([]);
  });

  test("find what the program finds in text made of their own patterns", () => {
    // Of a token by its letters alone, the scan asks that its header be an object (see REWRITTEN).
    const plain = RULES.filter(({ id, pattern }) => id !== "jwt" && !/\(\?<?[=!]/.test(pattern));
    const lines = plain.flatMap(({ pattern }) =>
      fc.sample(fc.stringMatching(new RegExp(pattern.replaceAll(/\(\?-?[is]+:/g, "(?:").replaceAll("\\b", ""))), { numRuns: 3, seed: 7 }),
    );
    const printable = lines.map((line) => line.replace(/[^\x20-\x7e]/g, " "));
    const found = foundByGitleaks(printable);
    expect(found.size).toBeGreaterThan(200);
    expect(missedIn(printable, found)).toEqual([]);
  });
});
