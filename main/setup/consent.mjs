// @ts-check
import { createInterface } from "node:readline/promises";

/** `CI=true` or `--yes`: nobody is there to ask, and everything may go ahead. */
export function agreedBeforehand() {
  return process.env.CI === "true" || process.argv.includes("--yes");
}

/**
 * Asks on a terminal; without one the answer is no.
 * @param {string} question
 */
export async function agrees(question) {
  if (agreedBeforehand()) return true;
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^(y|yes|)$/i.test((await terminal.question(`${question} [Y/n] `)).trim());
  } finally {
    terminal.close();
  }
}
