import { createInterface } from "node:readline/promises";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { Command } from "./context.ts";
import { ttyOf } from "./context.ts";

/** Asks on the terminal; without one nobody can answer, so `--yes` is required. */
export async function confirm(command: Command, question: string): Promise<boolean> {
  const tty = ttyOf(command);
  if (tty === null)
    throw new OperatorError("bad-input", { message: "There is no terminal to ask on", hint: "Add --yes to go ahead without being asked" });
  using lines = createInterface({ input: tty.stdin, output: tty.stdout });
  const answer = await lines.question(`${question} [y/N] `, { signal: command.signal });
  return /^y(es)?$/i.test(answer.trim());
}
