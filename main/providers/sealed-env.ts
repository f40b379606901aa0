import type { GuestEntry } from "../backends/backend.ts";
import type { Secret } from "../platform/secret.ts";

interface SealedCommand {
  readonly command: readonly string[];
  readonly entries: readonly GuestEntry[];
}

/**
 * Gives a program variables that the engine must not see: prompted and interpolated values travel as a file only the guest
 * can read, and a shell loads it in place of the program before it becomes the program (ENV-1).
 */
export function sealEnv(command: readonly string[], sealed: ReadonlyMap<string, Secret>, guestHome: string): SealedCommand {
  if (sealed.size === 0) return { command, entries: [] };
  const path = `${guestHome}/.bot-bottle/env.sh`;
  const content = [...sealed].map(([name, value]) => `export ${name}=${quote(value.reveal())}\n`).join("");
  return {
    command: ["/bin/sh", "-c", '. "$0" && exec "$@"', path, ...command],
    entries: [
      { kind: "folder", path: `${guestHome}/.bot-bottle`, mode: 0o700, owner: "guest" },
      { kind: "file", path, mode: 0o600, owner: "guest", content },
    ],
  };
}

/** In single quotes a POSIX shell reads everything as it is, but for the single quote itself. */
function quote(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}
