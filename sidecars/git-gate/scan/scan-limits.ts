/** What one scan may cost. A push beyond any of these is refused as one that could not be scanned, never let through half seen. */
export interface ScanLimits {
  readonly timeoutMs: number;
  /** Text handed to the scanner, windows and both readings of a binary file counted. */
  readonly maxTextBytes: number;
  /** Runs of added lines, files, messages. */
  readonly maxSections: number;
  /** Archives of one push, in bytes on disk, while they are opened. */
  readonly maxArchiveBytes: number;
  /** Of the scanner's report, which holds every match until it is parsed. */
  readonly maxReportBytes: number;
  /** How deep encodings (base64, hex, percent) are undone. */
  readonly decodeDepth: number;
  /** How deep archives inside archives are opened. */
  readonly archiveDepth: number;
}

export const DEFAULT_LIMITS: ScanLimits = {
  timeoutMs: 600_000,
  maxTextBytes: 1024 * 1024 * 1024,
  maxSections: 2_000_000,
  maxArchiveBytes: 512 * 1024 * 1024,
  maxReportBytes: 32 * 1024 * 1024,
  decodeDepth: 1,
  archiveDepth: 4,
};

/** A push that cannot be scanned wholly: its message is told to the client, so it holds nothing that was pushed. */
export class ScanError extends Error {
  override readonly name = "ScanError";
}
