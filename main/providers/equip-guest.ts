import type { GuestEntry } from "../backends/backend.ts";
import type { Secret } from "../platform/secret.ts";
import type { Provision } from "./plan-provision.ts";
import { sealEnv } from "./sealed-env.ts";

/** A guest with nothing left to find out: what a launch plan takes over as it is. */
export interface EquippedGuest {
  readonly command: readonly string[];
  /** Main process after a move to another image, in the same home. */
  readonly replacedCommand: readonly string[];
  /** Not secret: shows in the engine's view of the container. */
  readonly env: Readonly<Record<string, string>>;
  readonly entries: readonly GuestEntry[];
}

/** The values of the bottle's own `env`, as `resolveEnv` gives them. */
export interface BottleEnv {
  readonly literals: Readonly<Record<string, string>>;
  readonly sealed: ReadonlyMap<string, Secret>;
}

/** Adds the bottle's own variables to a provision; where bot-bottle sets one itself, its value stands. */
export function equipGuest(provision: Provision, { literals, sealed }: BottleEnv, start: "fresh" | "resume"): EquippedGuest {
  const { fixedEnv, defaultEnv } = provision;
  const open = new Map([...sealed].filter(([name]) => !Object.hasOwn(fixedEnv, name)));
  const argv = start === "fresh" ? provision.command : provision.resumeCommand;
  const { command, entries } = sealEnv(argv, open, provision.guestHome);
  const replaced = sealEnv(provision.replacedCommand, open, provision.guestHome);
  const defaults = Object.fromEntries(Object.entries(defaultEnv).filter(([name]) => !open.has(name)));
  return {
    command,
    replacedCommand: replaced.command,
    env: { ...defaults, ...literals, ...fixedEnv },
    entries: eachOnce([...provision.entries, ...entries]),
  };
}

/** The prompt and the sealed variables share a folder, and others may; a tar must name each once. */
export function eachOnce(entries: readonly GuestEntry[]): GuestEntry[] {
  return [...new Map(entries.map((entry) => [entry.path, entry])).values()];
}
