import type { HeldPush } from "#common/domain/git.ts";
import type { RefusedPush } from "#common/ipc/git-methods.ts";
import { PUSHES_KEPT } from "../bridge/live-snapshots.ts";
import { useCall } from "../bridge/use-call.ts";

const none: never[] = [];

export function useHeldPushes(): readonly HeldPush[] {
  return useCall("pushes.list", {}).data ?? none;
}

/** Pushes that were refused and that the operator has not dismissed. */
export function useRefusals(): readonly RefusedPush[] {
  return useCall("pushes.refusals", {}).data ?? none;
}

/** Repositories of a bottle and its pushes, kept current. */
export function useGate(slug: string) {
  return useCall("git.get", { slug, limit: PUSHES_KEPT });
}
