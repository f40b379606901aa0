import { OperatorError } from "#common/domain/operator-error.ts";

const VARIABLE = "SUPERVISE_RESPONSE_TIMEOUT_SECONDS";
const DEFAULT_SECONDS = 30;

/** How long an agent's call waits for a decision before it is told `pending` (SUP-2). */
export function responseTimeoutSeconds(env: NodeJS.ProcessEnv): number {
  const text = env[VARIABLE]?.trim();
  if (text === undefined || text === "") return DEFAULT_SECONDS;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(seconds) && seconds > 0) return seconds;
  throw new OperatorError("bad-input", {
    message: `${VARIABLE} must be a positive number of seconds, it is "${text}"`,
    hint: `Set it to a number such as ${DEFAULT_SECONDS}, or unset it`,
  });
}
