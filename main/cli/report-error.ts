import { OperatorError } from "#common/domain/operator-error.ts";
import { EXIT, exitCodeOf } from "./exit-codes.ts";
import { inert } from "./inert.ts";
import type { Output } from "./output.ts";

/** The one place where a command's failure becomes text and an exit code. */
export function reportError(error: unknown, output: Output): number {
  const failure = describe(error);
  if (output.json)
    output.stdout.write(`${JSON.stringify({ error: { code: failure.code, message: failure.message, hint: failure.hint } })}\n`);
  output.say(`error: ${inert(failure.message)}`);
  if (failure.hint !== null) output.say(`  next: ${inert(failure.hint)}`);
  return failure.exit;
}

function describe(error: unknown): { code: string; message: string; hint: string | null; exit: number } {
  if (error instanceof OperatorError) return { code: error.code, message: error.message, hint: error.hint, exit: exitCodeOf(error.code) };
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: "internal", message, hint: "This is a fault of bot-bottle; the log in its home has the details", exit: EXIT.failure };
}
