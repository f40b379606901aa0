import type { Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { AppHandlers, ShellMethod, TopicBus } from "../ipc/handlers.ts";
import type { BringBack, OnRead } from "../workspace/bring-back.ts";

export interface WorkspaceHandlerDeps {
  readonly bringBack: BringBack;
  readonly bus: TopicBus;
  readonly now: () => number;
}

type WorkspaceMethods = Exclude<Extract<keyof AppHandlers, `workspace.${string}`>, ShellMethod>;

/** A comparison reads gigabytes; applying too. Neither may outlast a bottle that does not answer. */
const READ_MS = 15 * 60_000;
const TELL_EVERY_MS = 200;

export function workspaceHandlers({ bringBack, bus, now }: WorkspaceHandlerDeps): Pick<AppHandlers, WorkspaceMethods> {
  const comparing = new Map<Slug, AbortController>();
  return {
    "workspace.changes": async ({ slug }) => {
      const cancelling = new AbortController();
      // The window asks again when it is opened anew: the first question's answer is nobody's then.
      comparing.get(slug)?.abort(cancelled(slug));
      comparing.set(slug, cancelling);
      const signal = AbortSignal.any([cancelling.signal, AbortSignal.timeout(READ_MS)]);
      try {
        return await bringBack.changes(slug, throttled(bus, slug, now), signal);
      } finally {
        if (comparing.get(slug) === cancelling) comparing.delete(slug);
      }
    },
    "workspace.cancel": async ({ slug }) => {
      comparing.get(slug)?.abort(cancelled(slug));
      return {};
    },
    "workspace.apply": async ({ slug, ...choice }) => {
      const { applied, skipped, backup } = await bringBack.apply(slug, choice, AbortSignal.timeout(READ_MS));
      return { applied: [...applied], skipped: skipped.map((each) => ({ ...each })), backup };
    },
    "workspace.patch": async ({ slug, digest }) => ({ patch: await bringBack.patch(slug, digest, AbortSignal.timeout(READ_MS)) }),
  };
}

function throttled(bus: TopicBus, slug: Slug, now: () => number): OnRead {
  let toldAt = now();
  return (entries, bytes) => {
    if (now() - toldAt < TELL_EVERY_MS) return;
    toldAt = now();
    bus.publish("workspace", { slug, entries, bytes });
  };
}

function cancelled(slug: Slug): OperatorError {
  return new OperatorError("cancelled", { message: `The comparison of ${slug}'s workspace was cancelled` });
}
