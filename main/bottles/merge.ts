import type { BottleState } from "#common/domain/bottle.ts";
import type { ObservedBottle } from "../backends/backend.ts";
import type { BottleMetadata } from "./metadata.ts";

export interface MergedState {
  readonly state: BottleState;
  readonly problem: string | null;
}

export interface EngineKnowledge {
  /** Null when the engine does not have the bottle. */
  readonly observed: ObservedBottle | null;
  /** Why the engine could not be asked; null when it was. */
  readonly unavailable: string | null;
}

/** One state from what the engine says exists and what the metadata says it was for (D12); guesses nothing. */
export function mergeState(metadata: BottleMetadata | null, engine: EngineKnowledge, starterAlive: boolean): MergedState {
  if (metadata?.phase === "starting") {
    if (starterAlive) return { state: "starting", problem: null };
    return { state: "error", problem: "Its start was interrupted. Remove what is left with `bot-bottle cleanup`." };
  }
  // Its parts go one after the other: what is seen meanwhile is no trouble of its own.
  if (metadata?.phase === "stopping" && starterAlive) return { state: engine.observed === null ? "stopped" : "running", problem: null };
  if (metadata?.phase === "stopped" && engine.observed === null) return { state: "stopped", problem: null };
  if (engine.unavailable !== null) return { state: "error", problem: `The engine cannot be asked: ${engine.unavailable}` };
  if (engine.observed === null) return { state: "stopped", problem: "Its containers are gone; they were removed outside bot-bottle." };
  if (metadata?.phase === "stopped")
    return { state: "error", problem: "It was stopped, but parts of it remain. Run `bot-bottle cleanup`." };
  return observedState(engine.observed);
}

function observedState(observed: ObservedBottle): MergedState {
  if (observed.state !== "exited" || observed.problem !== null) return { state: observed.state, problem: observed.problem };
  const code = observed.exitCode === null ? "" : ` with exit code ${observed.exitCode}`;
  return { state: "exited", problem: `The agent ended${code}. Stop the bottle to remove it.` };
}
