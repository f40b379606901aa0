import { OperatorError } from "#common/domain/operator-error.ts";

/** A duration that the operator set in a variable; `fallback` where it is not set, an error where it is no positive number. */
export function positiveSeconds(env: NodeJS.ProcessEnv, variable: string, fallback: number): number {
  const text = env[variable]?.trim();
  if (text === undefined || text === "") return fallback;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(seconds) && seconds > 0) return seconds;
  throw new OperatorError("bad-input", {
    message: `${variable} must be a positive number of seconds, it is "${text}"`,
    hint: `Set it to a number such as ${fallback}, or unset it`,
  });
}
