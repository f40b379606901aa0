import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { passedOnEnv } from "../platform/passed-on-env.ts";
import type { ProcessMark } from "./metadata.ts";

export function ownProcessMark(): ProcessMark {
  return { pid: process.pid, startedAt: startOf(process.pid) ?? "" };
}

/** Whether the marked process still runs: its number alone may have gone to another since. */
export function isAlive(mark: ProcessMark): boolean {
  return startOf(mark.pid) === mark.startedAt;
}

function startOf(pid: number): string | null {
  return process.platform === "linux" ? linuxStartOf(pid) : portableStartOf(pid);
}

/** Field 22 of /proc/<pid>/stat, counted after the command name, which may itself hold spaces and brackets. */
function linuxStartOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function portableStartOf(pid: number): string | null {
  try {
    if (process.platform === "win32") return process.kill(pid, 0) ? "" : null;
    return (
      execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
        env: passedOnEnv(process.env),
      }).trim() || null
    );
  } catch {
    return null;
  }
}
