import type { z } from "zod";
import type { Preflight } from "#common/domain/bottle.ts";
import type { Budget } from "#common/domain/budget.ts";
import type { ManifestName } from "#common/domain/names.ts";
import type { Route } from "#common/domain/route.ts";
import type { StartRequest } from "#common/ipc/contract.ts";
import type { GuestCommand, GuestEntry, ImageSpec } from "../backends/backend.ts";
import type { GatePlan } from "../git/gate-plan.ts";
import type { LackingSecret } from "../secrets/token-refs.ts";

/** What manifests and provider say a bottle is to be, before anything of it exists. Holds names of secrets, never values. */
export interface Blueprint {
  readonly agent: z.infer<typeof ManifestName>;
  readonly bottle: z.infer<typeof ManifestName>;
  readonly provider: string;
  readonly agentImage: ImageSpec;
  readonly bundleImage: ImageSpec;
  readonly command: readonly string[];
  /** The same after a move to another image, going on with the conversation in the home. */
  readonly replacedCommand: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Names of the bottle's own variables, without what the provider hides. */
  readonly envNames: readonly string[];
  readonly workdir: string;
  readonly entries: readonly GuestEntry[];
  readonly preCopy: readonly GuestCommand[];
  readonly verify: readonly GuestCommand[];
  readonly routes: readonly Route[];
  /** What its model calls may cost a day; null: anything (MAN-6). */
  readonly budget: Budget | null;
  readonly supervise: boolean;
  readonly skills: readonly string[];
  readonly gitIdentity: string | null;
  readonly repos: readonly string[];
  /** What the git-gate serves, and where the keys are. */
  readonly gate: GatePlan;
  /** The operator's folder; where it is not copied, only the agents that it defines count (ENV-4). */
  readonly workspace: { readonly hostPath: string; readonly guestPath: string; readonly copied: boolean } | null;
  /** Values only the operator can give (ENV-1). */
  readonly prompts: Preflight["prompts"];
  readonly lackingSecrets: readonly LackingSecret[];
  readonly warnings: readonly string[];
  /** What stands in the way of a start, e.g. a credential that cannot be had. */
  readonly problems: readonly string[];
}

/** Draws blueprints from manifests; throws OperatorError where the agent is unknown or its files are wrong. */
export interface Drafting {
  draw(request: StartRequest): Promise<Blueprint>;
}

/** Names of the credentials that routes inject. */
export function tokenRefsOf(routes: readonly Route[]): string[] {
  return [...new Set(routes.flatMap(({ auth }) => (auth === null ? [] : [auth.tokenRef])))];
}
