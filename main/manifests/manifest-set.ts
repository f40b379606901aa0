import type { AgentFrontmatter } from "#common/manifest/agent-schema.ts";
import type { BottleFrontmatter } from "#common/manifest/bottle-schema.ts";
import type { EffectiveBottle } from "#common/manifest/effective-bottle.ts";
import type { Problem } from "#common/manifest/problem.ts";
import type { ManifestEntry } from "./manifest-folder.ts";

export interface BottleManifest {
  readonly name: string;
  readonly file: string;
  readonly description: string;
  readonly settings: EffectiveBottle;
  /** Itself and its parents, nearest first, as declared: where each setting comes from (MAN-7). */
  readonly lineage: readonly ManifestEntry<BottleFrontmatter>[];
}

export interface AgentManifest {
  readonly name: string;
  readonly file: string;
  readonly source: "home" | "workspace";
  /** Name of a bottle that is in the same set. */
  readonly bottle: string;
  readonly skills: readonly string[];
  readonly gitUser: NonNullable<AgentFrontmatter["git-gate"]>["user"] | undefined;
  /** The system prompt; empty where the agent has none. */
  readonly prompt: string;
}

export interface FileProblem extends Problem {
  readonly file: string;
}

/** One file, usable or not. */
export type ListedFile =
  | { readonly kind: "bottle"; readonly source: "home"; readonly entry: ManifestEntry<BottleFrontmatter> }
  | {
      readonly kind: "agent";
      readonly source: "home" | "workspace";
      readonly entry: ManifestEntry<AgentFrontmatter>;
      /** The workspace has an agent of the same name, which takes its place (MAN-1). */
      readonly overridden: boolean;
    };

/** Everything that is usable, by name, and everything that is wrong beside it (MAN-9). */
export interface ManifestSet {
  readonly bottles: readonly BottleManifest[];
  readonly agents: readonly AgentManifest[];
  readonly errors: readonly FileProblem[];
  readonly warnings: readonly FileProblem[];
  readonly files: readonly ListedFile[];
}
