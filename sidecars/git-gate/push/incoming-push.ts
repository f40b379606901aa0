import type { Mirror } from "../mirror/mirror.ts";
import type { RefCommand } from "../protocol/receive-request.ts";

/** Who pushes, as long as it listens. */
export interface PushClient {
  say(lines: readonly string[]): void;
  /** Aborts when it hung up. */
  readonly gone: AbortSignal;
  /** Resolves once git has updated the mirror's refs, or ended. */
  readonly settled: Promise<void>;
}

/** A push whose objects have arrived, and about which git asks before it takes them. */
export interface IncomingPush {
  readonly mirror: Mirror;
  readonly commands: readonly RefCommand[];
  /** The quarantine; null when the push brings no objects. */
  readonly objects: string | null;
  readonly client: PushClient;
  readonly bytes: number;
  readonly startedAt: Date;
}

export type HookVerdict = "accept" | "refuse";

/** Lets git see the quarantine's objects beside the mirror's. `GIT_QUARANTINE_PATH` is not set: it would forbid to forward. */
export function quarantineEnv({ mirror, objects }: Pick<IncomingPush, "mirror" | "objects">): Record<string, string> {
  return objects === null ? {} : { GIT_OBJECT_DIRECTORY: objects, GIT_ALTERNATE_OBJECT_DIRECTORIES: `${mirror.path}/objects` };
}

/** For git to update the mirror's refs after the upstream has them. */
const SETTLE_MS = 10_000;

/** Gives a turn back once git is through with the refs, or takes too long over it. */
export async function keepUntilSettled(turn: Disposable, { settled }: PushClient): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, SETTLE_MS);
  await Promise.race([settled, late.promise]);
  clearTimeout(timer);
  turn[Symbol.dispose]();
}
