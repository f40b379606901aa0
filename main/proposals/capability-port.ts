import type { z } from "zod";
import type { Slug } from "#common/domain/names.ts";
import type { Applying as ApplyingSchema } from "#common/ipc/proposal-methods.ts";

export type ApplyingStep = z.infer<typeof ApplyingSchema>["steps"][number]["name"];

/** What is told while an agent is moved to another image; what the build says is hostile text. */
export interface CapabilityProgress {
  begin(step: ApplyingStep): void;
  done(step: ApplyingStep): void;
  /** A line that the build said. */
  log(line: string): void;
}

/** What builds an image for one bottle and lets its agent go on there (SUP-5). */
export interface CapabilityPort {
  /** The Dockerfile that the agent runs on now. */
  current(slug: Slug): Promise<string>;
  /**
   * Resolves once the agent runs on the new image; where it rejects, or is aborted, the agent that ran goes on as before.
   * `confirm` is asked once the new agent has proven itself, before it takes the old one's place.
   */
  apply(slug: Slug, dockerfile: string, progress: CapabilityProgress, signal: AbortSignal, confirm: () => Promise<void>): Promise<void>;
}
