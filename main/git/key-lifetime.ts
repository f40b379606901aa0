import { OperatorError } from "#common/domain/operator-error.ts";
import { positiveSeconds } from "../platform/positive-seconds.ts";

const VARIABLE = "BOT_BOTTLE_GIT_KEY_LIFETIME_SECONDS";
const EIGHT_HOURS = 8 * 60 * 60;
/** Whoever is connected renews a key, so no bundle needs one for longer. */
const ONE_WEEK = 7 * 24 * 60 * 60;

/** How long a bundle may keep a key before it forgets it and must be given it anew (SSH-4); whole seconds. */
export function keyLifetimeSeconds(env: NodeJS.ProcessEnv): number {
  const seconds = Math.ceil(positiveSeconds(env, VARIABLE, EIGHT_HOURS));
  if (seconds <= ONE_WEEK) return seconds;
  throw new OperatorError("bad-input", {
    message: `${VARIABLE} must be at most ${ONE_WEEK} (a week), it is ${seconds}`,
    hint: "Keys are renewed while a panel is open; unset it for 8 hours",
  });
}
