import type { OperatorErrorCode } from "#common/domain/operator-error.ts";

/** What each failure ends the command with; `bot-bottle help exit-codes` prints this table. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  notFound: 3,
  engineUnavailable: 4,
  manifestInvalid: 5,
  secretMissing: 6,
  conflict: 7,
  bundleUnreachable: 8,
  teardownIncomplete: 9,
  cancelled: 130,
} as const;

const BY_CODE: Readonly<Record<OperatorErrorCode, number>> = {
  "bad-input": EXIT.usage,
  "not-found": EXIT.notFound,
  "manifest-invalid": EXIT.manifestInvalid,
  "engine-unavailable": EXIT.engineUnavailable,
  "image-missing": EXIT.failure,
  "secret-missing": EXIT.secretMissing,
  "start-failed": EXIT.failure,
  cancelled: EXIT.cancelled,
  "bundle-unreachable": EXIT.bundleUnreachable,
  protocol: EXIT.bundleUnreachable,
  "stale-revision": EXIT.conflict,
  "already-decided": EXIT.conflict,
  conflict: EXIT.conflict,
  "not-permitted": EXIT.failure,
  "teardown-incomplete": EXIT.teardownIncomplete,
  unsupported: EXIT.failure,
};

export function exitCodeOf(code: OperatorErrorCode): number {
  return BY_CODE[code];
}

export const EXIT_CODE_HELP = `
Exit codes:
  0  done                          6  a credential is missing
  1  failed                        7  stale, or decided already
  2  wrong usage or input          8  the sidecars cannot be reached
  3  no such bottle, proposal…     9  not everything could be removed
  4  the engine is unavailable   130  cancelled
  5  a manifest is invalid
exec and attach end with the program's own exit code.`;
