import { writeFileSync } from "node:fs";
import type { Reporter, TestModule, TestRunEndReason } from "vitest/node";

/** What a run came to. A module that fails to load counts as one failed test: it must never vanish from the sum. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

export function tallyLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** Ends a run with the one line that people and machines read, and leaves the figures in the file that TALLY_FILE names. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[], reason: TestRunEndReason): void {
    const tally: Tally = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) count(module, tally);
    if (reason === "interrupted") tally.failed += 1;
    const file = process.env.TALLY_FILE;
    if (file) writeFileSync(file, JSON.stringify(tally));
    process.stdout.write(`\n${skippedNames(modules)}${tallyLine(tally)}\n`);
  }
}

function count(module: TestModule, tally: Tally): void {
  tally.failed += brokenContainers(module);
  for (const test of module.children.allTests()) {
    const state = test.result().state;
    if (state === "passed") tally.passed += 1;
    else if (state === "failed") tally.failed += 1;
    else tally.skipped += 1;
  }
}

/** Errors outside any test: a module that does not load, a hook that throws. */
function brokenContainers(module: TestModule): number {
  let broken = module.errors().length;
  for (const suite of module.children.allSuites()) broken += suite.errors().length;
  return broken;
}

/** A test that did not run says so by name. */
function skippedNames(modules: readonly TestModule[]): string {
  const names = modules.flatMap((module) => [...module.children.allTests("skipped")].map((test) => `skipped: ${test.fullName}`));
  return names.length > 0 ? `${names.join("\n")}\n` : "";
}
