import type { TestProjectConfiguration } from "vitest/config";
import { defineConfig } from "vitest/config";

const seconds = 1000;

/** Groups that only compute: files side by side. */
function pure(name: string, include: string[]): TestProjectConfiguration {
  return { extends: true, test: { name, include, testTimeout: 20 * seconds, hookTimeout: 20 * seconds } };
}

/** Groups that share one container engine or one display: a file at a time. */
function shared(name: string, include: string[], testTimeout: number, exclude: string[] = []): TestProjectConfiguration {
  return { extends: true, test: { name, include, exclude, testTimeout, hookTimeout: testTimeout, fileParallelism: false, maxWorkers: 1 } };
}

/** The panel alone in a browser, with a bridge that answers from memory: no engine, so files side by side. */
const panelFiles = ["tests/integration/renderer-*.test.ts"];

export default defineConfig({
  test: {
    environment: "node",
    reporters: process.env.CI ? ["dot", "./tests/support/summary-reporter.ts"] : ["default", "./tests/support/summary-reporter.ts"],
    pool: "forks",
    maxWorkers: 2,
    allowOnly: !process.env.CI,
    projects: [
      pure("unit", ["tests/unit/**/*.test.{ts,tsx}"]),
      shared("contract", ["tests/contract/**/*.test.ts"], 180 * seconds),
      { extends: true, test: { name: "panel", include: panelFiles, testTimeout: 180 * seconds, hookTimeout: 180 * seconds } },
      shared("integration", ["tests/integration/**/*.test.ts"], 180 * seconds, panelFiles),
      shared("attack", ["tests/attack/**/*.test.ts"], 180 * seconds),
      shared("faults", ["tests/faults/**/*.test.ts"], 300 * seconds),
      shared("e2e", ["tests/e2e/**/*.test.ts"], 300 * seconds),
    ],
  },
});
