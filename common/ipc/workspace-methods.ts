import { z } from "zod";
import { Slug } from "../domain/names.ts";
import { method } from "./method.ts";

/** One path that differs between the bottle's workspace and the host folder (ENV-4, "bring back"). */
export const WorkspaceChange = z.strictObject({
  path: z.string(),
  change: z.enum(["added", "changed", "removed", "mode"]),
  kind: z.enum(["file", "link", "folder"]),
  added: z.int(),
  removed: z.int(),
  binary: z.boolean(),
  /** Unified hunks from the host's file now to the bottle's; hostile text. */
  patch: z.string(),
  cut: z.boolean(),
  /** The host's file changed too since it was copied: applying would lose that. */
  conflict: z.boolean(),
  /** Why it can never be applied, e.g. a link that leads out of the folder. */
  refused: z.string().nullable(),
  /** What this file does by itself on the host, e.g. "npm runs its scripts". */
  warnings: z.array(z.string()),
});
export type WorkspaceChange = z.infer<typeof WorkspaceChange>;

export const WorkspaceChanges = z.strictObject({
  slug: Slug,
  hostPath: z.string(),
  /** Names this comparison; applying refuses when either side moved since. */
  digest: z.string(),
  changes: z.array(WorkspaceChange),
  /** More than are shown. */
  total: z.int(),
  /** What was left out of the comparison and why, in our words. */
  notes: z.array(z.string()),
});
export type WorkspaceChanges = z.infer<typeof WorkspaceChanges>;

/** Beyond it an agent has rewritten the project, and a list of files is no review any more. */
export const MAX_CHANGES_SHOWN = 5000;

export const workspaceMethods = {
  /** Reads the bottle's workspace through: takes a while, tells how far it is in the topic `workspace`, and can be cancelled. */
  "workspace.changes": method(z.strictObject({ slug: Slug }), WorkspaceChanges),
  "workspace.cancel": method(z.strictObject({ slug: Slug }), z.strictObject({})),
  /** Applies the named paths onto the host folder; those in `overwrite` also where the host's file changed too. */
  "workspace.apply": method(
    z.strictObject({
      slug: Slug,
      digest: z.string(),
      paths: z.array(z.string()).min(1).max(MAX_CHANGES_SHOWN),
      overwrite: z.array(z.string()),
    }),
    z.strictObject({
      applied: z.array(z.string()),
      skipped: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
      /** Where what was overwritten or removed is kept. */
      backup: z.string().nullable(),
    }),
  ),
  /** The changes of this comparison as one patch in git's format, for reading and for other tools. */
  "workspace.patch": method(z.strictObject({ slug: Slug, digest: z.string() }), z.strictObject({ patch: z.string() })),
} as const;

export const workspaceTopics = {
  workspace: z.strictObject({ slug: Slug, entries: z.int(), bytes: z.int() }),
} as const;
