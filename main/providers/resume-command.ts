import type { ProvisionPlan } from "./provider.ts";

/** What an agent that comes back on an image of its own is told first: nothing else would have it go on by itself. */
const REPLACED_MESSAGE =
  "[bot-bottle] The operator approved your capability-block proposal: you now run on the image it describes. Your home, workspace and this " +
  "conversation were kept; programs that you had started and files in /tmp are gone. Call proposal-status for the decision and its note (it may be recorded a few seconds from now), then go on.";

/**
 * The main process that goes on with the last conversation, where there is one: agents end at once when asked to continue
 * without. Whether there is one only the guest knows, so a shell looks there and becomes the agent.
 */
export function resumeCommand(
  fresh: readonly string[],
  { resumeArgs, sessionFiles, takesMessage }: Pick<ProvisionPlan, "resumeArgs" | "sessionFiles" | "takesMessage">,
  after: "stop" | "replacement",
): string[] {
  const further = [...resumeArgs, ...(after === "replacement" && takesMessage ? [REPLACED_MESSAGE] : [])];
  if (sessionFiles === null || further.length === 0) return [...fresh, ...further];
  return ["/bin/sh", "-c", CONTINUE_WHERE_FOUND, sessionFiles, String(further.length), ...further, ...fresh];
}

/** The further arguments come first and are put behind the others, or dropped. */
const CONTINUE_WHERE_FOUND =
  'n=$1; shift; found=; for f in $0; do [ -s "$f" ] && found=1; done; ' +
  'while [ "$n" -gt 0 ]; do [ -z "$found" ] || set -- "$@" "$1"; shift; n=$((n-1)); done; exec "$@"';
