import { appendFileSync, mkdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "./clock.ts";
import { timestamp } from "./clock.ts";
import { redact } from "./redaction.ts";

export type LogLevel = "info" | "warn" | "error";

/** Structured log lines; credentials are redacted on the way in. */
export interface Logger {
  log(level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>): void;
}

export const silentLogger: Logger = { log: () => undefined };

const MAX_BYTES = 5 * 1024 * 1024;
const KEPT = 3;

/**
 * Logs to `<folder>/<name>.jsonl`, at most MAX_BYTES a file and KEPT files. Writes are synchronous so that the line that
 * explains a crash is on disk (BTL-6); a full or read-only disk never takes the process down.
 */
export function fileLogger(folder: string, name: string, clock: Clock): Logger {
  const file = join(folder, `${name}.jsonl`);
  return {
    log(level, event, fields = {}) {
      const line = `${JSON.stringify({ time: timestamp(clock), level, event, pid: process.pid, ...(redact(fields) as object) })}\n`;
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        rotate(file);
        appendFileSync(file, line, { mode: 0o600 });
      } catch {
        // Nothing better than losing a log line.
      }
    },
  };
}

function rotate(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size < MAX_BYTES) return;
  for (let age = KEPT - 1; age >= 1; age--) {
    const from = age === 1 ? file : `${file}.${age - 1}`;
    if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, `${file}.${age}`);
  }
}
