type Level = "info" | "warn" | "error";

/** One JSON line on standard error, which the engine keeps. Callers pass names and numbers, never what an agent sent. */
export function log(level: Level, event: string, fields: Readonly<Record<string, string | number | boolean | null>> = {}): void {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), level, event, ...fields })}\n`);
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
