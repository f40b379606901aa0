import type { LaunchPlan } from "../../backend.ts";

const GATE = "/tmp/.bot-bottle-gate";

/**
 * A container runs what it is started with, and only in a container that runs can anything be prepared. So where a plan has
 * commands, its main process first waits at a pipe and then becomes the agent; a container that is started again has passed.
 * A pipe's two ends wait for one another, whichever comes first.
 */
const WAIT = 'g="$0"; [ -e "$g.open" ] || { mkfifo -m 600 "$g" 2>/dev/null; read -r _ <"$g"; : >"$g.open"; rm -f "$g"; }; exec "$@"';
const OPEN = 'mkfifo -m 600 "$0" 2>/dev/null; echo >"$0"';

export function isGated({ preCopy = [], verify = [] }: Pick<LaunchPlan, "preCopy" | "verify">): boolean {
  return preCopy.length > 0 || verify.length > 0;
}

/** What the agent's container is started with. */
export function mainCommand(plan: Pick<LaunchPlan, "command" | "preCopy" | "verify">): string[] {
  return isGated(plan) ? ["/bin/sh", "-c", WAIT, GATE, ...plan.command] : [...plan.command];
}

/** Run in the container once everything is prepared. */
export const OPEN_GATE: readonly string[] = ["/bin/sh", "-c", OPEN, GATE];
