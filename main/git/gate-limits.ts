import { OperatorError } from "#common/domain/operator-error.ts";
import type { GateLimits } from "#common/wire/bundle-config.ts";
import { DEFAULT_GATE_LIMITS } from "#common/wire/bundle-config.ts";

const VARIABLE = "BOT_BOTTLE_GIT_PUSH_LIMIT_MIB";
const MIB = 1024 ** 2;
/** A terabyte: beyond it is a slip of the finger. */
const MOST_MIB = MIB;

/** What a new bottle's gate takes at most (GIT-5): the operator may set how large one push can be. */
export function gateLimits(env: NodeJS.ProcessEnv): GateLimits {
  const text = env[VARIABLE]?.trim();
  if (text === undefined || text === "") return DEFAULT_GATE_LIMITS;
  const mebibytes = /^\d+$/.test(text) ? Number(text) : 0;
  if (mebibytes < 1 || mebibytes > MOST_MIB) {
    throw new OperatorError("bad-input", {
      message: `${VARIABLE} must be a whole number of mebibytes from 1 to ${MOST_MIB}, it is "${text}"`,
      hint: `Unset it for ${DEFAULT_GATE_LIMITS.packBytes / MIB}`,
    });
  }
  const packBytes = mebibytes * MIB;
  // What may be pushed may also be held.
  return { ...DEFAULT_GATE_LIMITS, packBytes, heldBytes: Math.max(packBytes, DEFAULT_GATE_LIMITS.heldBytes) };
}
