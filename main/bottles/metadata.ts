import { z } from "zod";
import { Budget } from "#common/domain/budget.ts";
import { RepoName } from "#common/domain/git.ts";
import { BackendName, ManifestName, Slug, Timestamp } from "#common/domain/names.ts";
import { GitIdentity } from "#common/manifest/git-gate-schema.ts";

/** A process of this machine; the start time tells it from a later one with the same number. */
export const ProcessMark = z.object({ pid: z.int(), startedAt: z.string() });
export type ProcessMark = z.infer<typeof ProcessMark>;

/**
 * How its agent goes on after a move to another image, as its manifests said when it was started: an approved image changes
 * the image, and nothing that was edited since slips in with it. Holds no value of a secret.
 */
const Replaceable = z.object({
  command: z.array(z.string()),
  verify: z.array(z.object({ argv: z.array(z.string()), failure: z.string() })),
});

/** `state/<slug>/metadata.json` (BTL-3): what a bottle is for. What exists is the engine's to say (D12). */
export const BottleMetadata = z.object({
  slug: Slug,
  agent: ManifestName,
  bottle: ManifestName,
  provider: z.string(),
  /** An unknown or missing backend reads as docker. */
  backend: BackendName.catch("docker"),
  workspace: z.string().nullable().default(null),
  /** Whether the folder was copied in; else only the agents that it defines counted. */
  copyWorkspace: z.boolean().default(false),
  startedAt: Timestamp.nullable().default(null),
  phase: z.enum(["starting", "started", "replacing", "stopping", "stopped"]).catch("started"),
  /** Who starts, replaces or stops it; if that process is gone, it was interrupted. */
  starter: ProcessMark.nullable().catch(null),
  /** Where the keys of its repositories are, as the manifest said when it was started; whoever connects gives them anew (SSH-4). */
  identities: z.record(RepoName, GitIdentity).catch({}),
  /** What its model calls may cost a day, as the manifest said when it was started. */
  budget: Budget.nullable().catch(null),
  /** Null for a bottle of a version that did not know of it. */
  replaceable: Replaceable.nullable().catch(null),
  /** SHA-256 (hex) of the Dockerfile that its agent asked for and runs on; null: the image it was started on. */
  dockerfile: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable()
    .catch(null),
  versions: z.record(z.string(), z.string()).default({}),
});
export type BottleMetadata = z.infer<typeof BottleMetadata>;
