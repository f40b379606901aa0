import type { z } from "zod";
import type { Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { ClientFrame, FailureCode } from "#common/wire/control.ts";

export function unreachable(slug: Slug, why: string, cause?: unknown): OperatorError {
  return new OperatorError("bundle-unreachable", {
    message: `Cannot reach the sidecars of ${slug}: ${why}`,
    hint: "See whether the bottle still runs with `bot-bottle list`",
    cause,
  });
}

export function refused(slug: Slug, reason: string): OperatorError {
  return new OperatorError("protocol", {
    message: `The bundle of ${slug} cannot be used: ${reason}`,
    hint: "Stop the bottle and start it again with this version",
  });
}

/** What a bundle's refusal of a request means to the operator. */
export function requestFailed(request: ClientFrame["type"], code: z.infer<typeof FailureCode>, message: string): OperatorError {
  switch (code) {
    case "stale":
      return new OperatorError("stale-revision", { message, hint: "Look at it again: the routes have changed since" });
    case "conflict":
      return new OperatorError("already-decided", { message, hint: "Somebody else decided it, or is about to; nothing was changed" });
    case "not-found":
      return new OperatorError("not-found", { message });
    case "bad-request":
      return new OperatorError("bad-input", { message });
    case "apply-failed":
      return new OperatorError("conflict", {
        message,
        hint: APPLY_FAILED[request] ?? "The change was rolled back; try again or see the sidecars' health",
      });
    case "shutting-down":
      return new OperatorError("bundle-unreachable", { message, hint: "The bottle is stopping" });
  }
}

const APPLY_FAILED: Partial<Record<ClientFrame["type"], string>> = {
  "decide-push": "Nothing was changed upstream; the push can be decided again, or the agent can fetch and push anew",
  "refresh-repo": "See the repository's url, host_key and identity in the bottle's manifest, and whether its host answers",
  "set-keys": "See `identity` of the repository in the bottle's manifest",
};
