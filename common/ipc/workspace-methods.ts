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
});
export type WorkspaceChanges = z.infer<typeof WorkspaceChanges>;

export const workspaceMethods = {
  "workspace.changes": method(z.strictObject({ slug: Slug }), WorkspaceChanges),
  /** Applies the named paths onto the host folder; those in `overwrite` also where the host's file changed too. */
  "workspace.apply": method(
    z.strictObject({ slug: Slug, digest: z.string(), paths: z.array(z.string()).min(1), overwrite: z.array(z.string()) }),
    z.strictObject({
      applied: z.array(z.string()),
      skipped: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
      /** Where what was overwritten or removed is kept. */
      backup: z.string().nullable(),
    }),
  ),
  /** The changes as one patch in git's format, for reading and for other tools. */
  "workspace.patch": method(z.strictObject({ slug: Slug }), z.strictObject({ patch: z.string() })),
} as const;
