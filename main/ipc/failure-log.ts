/** Where bugs go: the window gets no detail of them. */
export interface FailureLog {
  error(message: string, cause: unknown): void;
}

/** Writes to the process's standard error, which its launcher keeps. */
export const stderrLog: FailureLog = {
  error(message, cause) {
    const detail = cause instanceof Error ? (cause.stack ?? cause.message) : typeof cause;
    process.stderr.write(`${message}\n${detail}\n`);
  },
};
