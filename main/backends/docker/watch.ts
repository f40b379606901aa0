import { setTimeout as delay } from "node:timers/promises";
import type { Slug } from "#common/domain/names.ts";
import type { EngineProvider } from "./engine/connect.ts";
import { openEvents } from "./engine/event-stream.ts";
import { SLUG_LABEL } from "./names.ts";

const EVENTS = ["create", "start", "die", "stop", "kill", "oom", "pause", "unpause", "restart", "destroy"];
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;

/** Follows the engine's events for bottles; every new connection is a gap, also the first, because it takes a moment to open. */
export function watchBottles(client: EngineProvider, onChange: (slug: Slug) => void, onGap: () => void): AsyncDisposable {
  const stopping = new AbortController();
  const following = follow(client, onChange, onGap, stopping.signal);
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await following;
    },
  };
}

async function follow(client: EngineProvider, onChange: (slug: Slug) => void, onGap: () => void, signal: AbortSignal): Promise<void> {
  let wait = FIRST_WAIT_MS;
  while (!signal.aborted) {
    try {
      const engine = await client();
      const events = await openEvents(engine, { type: ["container"], label: [SLUG_LABEL], event: EVENTS }, signal);
      wait = FIRST_WAIT_MS;
      onGap();
      for await (const { Action, Actor } of events) {
        const slug = Actor.Attributes?.[SLUG_LABEL];
        // The engine tells of an end a moment before its lists show it, and answers this once they do.
        if (Action === "die")
          await engine
            .getContainer(Actor.ID)
            .inspect()
            .catch(() => undefined);
        if (slug !== undefined) onChange(slug);
      }
      // Whoever shows bottles should see at once that the engine left.
      if (!signal.aborted) onGap();
    } catch {
      // The engine is away; when it answers again, the gap is reported.
    }
    await delay(wait, undefined, { signal }).catch(() => {});
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }
}
