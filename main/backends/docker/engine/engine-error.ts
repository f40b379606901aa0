import { OperatorError } from "#common/domain/operator-error.ts";

/** HTTP status of an engine's refusal; null for any other failure. */
export function engineStatus(error: unknown): number | null {
  return error instanceof Error && "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : null;
}

export function isMissing(error: unknown): boolean {
  return engineStatus(error) === 404;
}

/** The engine's own sentence, without dockerode's wrapping. */
export function engineReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message.replace(/^\(HTTP code \d+\) [^-]*- /, "").trim();
}

const UNREACHABLE = new Set(["ENOENT", "ECONNREFUSED", "EACCES", "ECONNRESET", "ETIMEDOUT", "ENOTFOUND", "EHOSTUNREACH", "EPIPE"]);

/** Turns a connection's failure into what the operator can do about it; others pass unchanged. */
export function asOperatorError(error: unknown): unknown {
  if (error instanceof OperatorError || engineStatus(error) !== null) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (!UNREACHABLE.has(code)) return error;
  const denied = code === "EACCES";
  return new OperatorError("engine-unavailable", {
    message: denied ? "This account may not use the Docker engine's socket" : `No Docker engine answers (${code})`,
    hint: denied
      ? "Add the account to the group `docker` and log in again."
      : "Start the engine, or point DOCKER_HOST or a context at one.",
    cause: error,
  });
}
