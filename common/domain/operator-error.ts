/** Codes the command line maps to exit codes and the panel to next steps. */
export type OperatorErrorCode =
  | "bad-input"
  | "not-found"
  | "manifest-invalid"
  | "engine-unavailable"
  | "image-missing"
  | "secret-missing"
  | "start-failed"
  | "cancelled"
  | "bundle-unreachable"
  | "protocol"
  | "stale-revision"
  | "already-decided"
  | "conflict"
  | "not-permitted"
  | "teardown-incomplete"
  | "unsupported";

/** A failure the operator can act on; everything else is a bug and keeps its stack. */
export class OperatorError extends Error {
  override readonly name = "OperatorError";
  readonly code: OperatorErrorCode;
  /** What to do next, one sentence. */
  readonly hint: string | null;

  constructor(code: OperatorErrorCode, parts: { message: string; hint?: string; cause?: unknown }) {
    super(parts.message, { cause: parts.cause });
    this.code = code;
    this.hint = parts.hint ?? null;
  }
}
