import type { TokenRef } from "#common/domain/names.ts";
import type { Route } from "#common/domain/route.ts";
import type { EffectiveBottle } from "#common/manifest/effective-bottle.ts";
import type { GuestCommand, GuestEntry } from "../backends/backend.ts";
import type { Secret } from "../platform/secret.ts";

/** What a provider is told about the bottle it equips. */
export interface ProviderRequest {
  readonly agent: string;
  readonly settings: EffectiveBottle["agent_provider"];
  readonly guestHome: string;
  readonly workdir: string;
  readonly supervise: boolean;
  /** The agent's system prompt; empty where it has none. */
  readonly prompt: string;
  /** Where it lies in the guest; null where there is none. */
  readonly promptFile: string | null;
  /** What a guest may know of the operator's own login; null where the bottle forwards none. */
  readonly hostLogin: Pick<HostLogin, "guestFile"> | null;
}

/** What of this machine a login is read from. */
export interface HostSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly userHome: string;
  readonly now: Date;
}

/** The operator's login of a provider's own program, as a bottle can use it. */
export interface HostLogin {
  /** For egress alone. */
  readonly token: Secret;
  /** Synthesised for the guest; holds no secret (PRV-4). */
  readonly guestFile: string;
  readonly warnings: readonly string[];
}

export interface HostLoginReader {
  /** Names the token on its way to egress; no manifest may use it. */
  readonly tokenRef: TokenRef;
  /** Variables of the operator's that say where it lies. */
  readonly envNames: readonly string[];
  /** The file it is read from. */
  file(host: HostSurroundings): string;
  /** Throws an OperatorError that names the condition where it cannot be used. */
  read(host: HostSurroundings): Promise<HostLogin>;
}

/** The image the agent runs in: one of the built-in ones, or the operator's own Dockerfile. */
export type AgentImage =
  | { readonly kind: "built-in"; readonly name: "agent" | "claude" | "codex" }
  | {
      readonly kind: "dockerfile";
      readonly path: string;
      readonly args: Readonly<Record<string, string>>;
      /** What its `ARG BASE` names: the pinned Node, or the image that built-in providers stand on. */
      readonly base: "node" | "agent";
    };

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
  /** The guest's files that hold conversations, as a shell pattern: without any there is none to go on with. Null: not to be known. */
  readonly sessionFiles: string | null;
  /** Whether an argument after `resumeArgs` is what the agent is told first. */
  readonly takesMessage: boolean;
  readonly env: Readonly<Record<string, string>>;
  /** Placeholders that summaries leave out; a bottle's own variables never replace them. */
  readonly hiddenEnvNames: readonly string[];
  /** Further variables that a bottle's own never replace: the provider's files lie where they say. */
  readonly fixedEnvNames: readonly string[];
  readonly entries: readonly GuestEntry[];
  /** Folder of the guest that skills belong in; null where the program knows none. */
  readonly skillsFolder: string | null;
  readonly preCopy: readonly GuestCommand[];
  readonly verify: readonly GuestCommand[];
  readonly routes: readonly Route[];
  /** Token refs whose value comes from the operator's own login. */
  readonly hostSecrets: readonly TokenRef[];
}

/** Turns a bottle's settings into a plan; pure. */
export interface Provider {
  readonly name: string;
  /** Where the provider can use the operator's own login (`forward_host_credentials`). */
  readonly hostLogin?: HostLoginReader;
  provision(request: ProviderRequest): ProvisionPlan;
}
