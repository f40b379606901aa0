import { positiveSeconds } from "../platform/positive-seconds.ts";

/** How long an agent's call waits for a decision before it is told `pending` (SUP-2). */
export function responseTimeoutSeconds(env: NodeJS.ProcessEnv): number {
  return positiveSeconds(env, "SUPERVISE_RESPONSE_TIMEOUT_SECONDS", 30);
}
