import type { Route } from "#common/domain/route.ts";
import type { EffectiveBottle } from "#common/manifest/effective-bottle.ts";
import type { GuestEntry } from "../backends/backend.ts";

/** What a provider is told about the bottle it equips. */
export interface ProviderRequest {
  readonly agent: string;
  readonly settings: EffectiveBottle["agent_provider"];
  readonly guestHome: string;
  readonly workdir: string;
  readonly supervise: boolean;
  /** Where the agent's system prompt lies in the guest; null where it has none. */
  readonly promptFile: string | null;
}

/** The image the agent runs in: one of the built-in ones, or the operator's own Dockerfile. */
export type AgentImage =
  | { readonly kind: "built-in"; readonly name: "agent" | "claude" }
  | { readonly kind: "dockerfile"; readonly path: string };

/** A program the backend runs in the guest around the copying of its files; a failure ends the start with `failure`. */
export interface GuestCommand {
  readonly argv: readonly string[];
  readonly failure: string;
}

/** Everything a provider needs of a backend, which carries it out and knows nothing of providers (PRV-1). */
export interface ProvisionPlan {
  readonly provider: string;
  readonly image: AgentImage;
  readonly command: readonly string[];
  /** Let the agent work without asking: the bottle is what keeps it in. */
  readonly bypassArgs: readonly string[];
  /** Hand over the system prompt. */
  readonly promptArgs: readonly string[];
  /** Go on with the last conversation. */
  readonly resumeArgs: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Placeholders that summaries leave out. */
  readonly hiddenEnvNames: readonly string[];
  readonly entries: readonly GuestEntry[];
  readonly preCopy: readonly GuestCommand[];
  readonly verify: readonly GuestCommand[];
  readonly routes: readonly Route[];
}

/** Turns a bottle's settings into a plan; pure. */
export interface Provider {
  readonly name: string;
  provision(request: ProviderRequest): ProvisionPlan;
}
