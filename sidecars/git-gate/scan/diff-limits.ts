/** What of a push is shown; enough to judge it, and within one control frame. */
export interface DiffLimits {
  readonly maxFiles: number;
  readonly maxFileBytes: number;
  readonly maxTotalBytes: number;
  readonly maxLineBytes: number;
}

export const DIFF_LIMITS: DiffLimits = {
  maxFiles: 500,
  maxFileBytes: 128 * 1024,
  maxTotalBytes: 2 * 1024 * 1024,
  maxLineBytes: 2000,
};
