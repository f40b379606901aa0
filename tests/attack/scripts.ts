import { expect } from "vitest";
import type { BottleUnderTest } from "../support/bottle/bottle-under-test.ts";

/** One thing an agent might try, as a shell script inside its bottle. */
export interface ScriptAttempt {
  readonly name: string;
  readonly script: string;
  /** What the script may print; its exit code comes last, as `exit N`. */
  readonly outcome: RegExp;
}

const MARK = "=== next ===";

/** Makes every attempt, one after the other, in one shell; names each that did not end as it must. */
export async function expectSafeScripts(bottle: BottleUnderTest, folder: string, attempts: readonly ScriptAttempt[]): Promise<void> {
  const scripts = attempts.map(({ script }) => `( cd ${folder}; ${script}\n); printf '\\nexit %s\\n${MARK}\\n' $?`);
  const result = await bottle.sh(`export GIT_TERMINAL_PROMPT=0\n${scripts.join("\n")}`);
  const printed = result.stdout.split(`${MARK}\n`).map((text) => text.trim());
  const wrong = attempts.flatMap(({ name, outcome }, index) =>
    outcome.test(printed[index] ?? "nothing") ? [] : [`${name}: printed '${printed[index]}', expected ${outcome}`],
  );
  expect(wrong).toEqual([]);
}
