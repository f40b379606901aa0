import { z } from "zod";
import { ManifestName } from "../domain/names.ts";
import { method } from "./method.ts";

export const ManifestKind = z.enum(["bottle", "agent"]);
export type ManifestKind = z.infer<typeof ManifestKind>;

/**
 * A place in a manifest's text, 1-based, `endColumn` exclusive; `excerpt` is the line with a caret line below it, or empty where
 * there is no text to show. Both are made inert and what looks like a credential is covered, so an excerpt need not equal the source.
 */
export const PlacedProblem = z.strictObject({
  file: z.string(),
  line: z.int(),
  column: z.int(),
  endColumn: z.int(),
  message: z.string(),
  excerpt: z.string(),
  severity: z.enum(["error", "warning"]),
});
export type PlacedProblem = z.infer<typeof PlacedProblem>;

/** One value of an effective bottle and where it comes from (MAN-7). */
export const EffectiveValue = z.strictObject({
  /** Keys from the top, e.g. `["egress", "routes", "0", "host"]`. */
  path: z.array(z.string()),
  value: z.string(),
  from: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("file"), file: z.string(), line: z.int() }),
    z.strictObject({ kind: z.literal("default") }),
    z.strictObject({ kind: z.literal("provider"), provider: z.string() }),
  ]),
});
export type EffectiveValue = z.infer<typeof EffectiveValue>;

const ManifestRef = { kind: ManifestKind, name: ManifestName, workspace: z.string().nullable() };
const Source = z.string().max(1024 * 1024);

/** What a draft would be: nothing of it is written. */
export const ManifestCheck = z.strictObject({
  /** Of the draft; and, as warnings, those that saving it would cause in other files. */
  problems: z.array(PlacedProblem),
  /** Of the bottle, or the agent's bottle with the agent's own overlay; empty while the draft has errors. */
  effective: z.array(EffectiveValue),
});
export type ManifestCheck = z.infer<typeof ManifestCheck>;

export const ManifestSource = z.strictObject({
  ...ManifestRef,
  file: z.string(),
  source: z.string(),
  /** Of the bytes on disk: a save names it, so that an edit made elsewhere is not overwritten. */
  digest: z.string(),
  /** False for a workspace's agents: they are the project's, shown and not written here. */
  writable: z.boolean(),
});
export type ManifestSource = z.infer<typeof ManifestSource>;

/** One manifest file, also one that cannot be used: what the panel lists. Home files, and the agents of `workspace` where one is given. */
export const ManifestFile = z.strictObject({
  ...ManifestRef,
  file: z.string(),
  writable: z.boolean(),
  /** First line of the body of a bottle, or of an agent's prompt; empty where there is none or it cannot be read. */
  summary: z.string(),
  /** A bottle's `extends`, an agent's `bottle`, as written; null where there is none or it cannot be read. */
  parent: z.string().nullable(),
  /** Of the effective bottle; null while it has errors. */
  provider: z.string().nullable(),
  routes: z.int().nullable(),
  /** A bottle's parents, nearest first; empty where it has none or cannot be used. */
  extends: z.array(z.string()),
  /** An agent's skills. */
  skills: z.array(z.string()),
  /** Who names this bottle: those that would break with it. Always empty for an agent. */
  usedBy: z.strictObject({ bottles: z.array(z.string()), agents: z.array(z.string()) }),
  /** An agent of the home that the workspace's of the same name takes the place of (MAN-1). */
  overridden: z.boolean(),
  /** Everything that stands against this file, errors before warnings; empty: it can be used as it is. */
  problems: z.array(PlacedProblem),
});
export type ManifestFile = z.infer<typeof ManifestFile>;

export const ManifestFiles = z.strictObject({
  files: z.array(ManifestFile),
  /** About what is no manifest that could be opened: skipped names, a legacy file, a workspace's bottles. */
  elsewhere: z.array(PlacedProblem),
});
export type ManifestFiles = z.infer<typeof ManifestFiles>;

export const ManifestTemplate = z.strictObject({
  id: z.string(),
  kind: ManifestKind,
  title: z.string(),
  description: z.string(),
  /** A name that is free. */
  suggestedName: ManifestName,
  source: z.string(),
});
export type ManifestTemplate = z.infer<typeof ManifestTemplate>;

export const manifestMethods = {
  "manifests.files": method(z.strictObject({ workspace: z.string().nullable() }), ManifestFiles),
  "manifests.read": method(z.strictObject(ManifestRef), ManifestSource),
  "manifests.check": method(z.strictObject({ ...ManifestRef, source: Source }), ManifestCheck),
  /** Writes atomically; `digest` null creates and fails where the file exists; `conflict` where the file changed since. */
  "manifests.save": method(z.strictObject({ ...ManifestRef, source: Source, digest: z.string().nullable() }), ManifestSource),
  /**
   * The same text with values set or (null) removed at key paths of the frontmatter, comments and order kept: what the form
   * of the editor calls. A value is JSON; list items are addressed by their index, and the index after the last one appends.
   * A map or list that loses its last entry stays as an empty one, because an absent key would be inherited (MAN-7): to drop
   * it, name its own path. Lines that do not change stay as they are, byte for byte. Without changes only the body is replaced.
   */
  "manifests.edit": method(
    z.strictObject({
      source: Source,
      changes: z.array(z.strictObject({ path: z.array(z.string()).min(1).max(10), value: z.json().nullable() })).max(100),
      body: z.string().nullable(),
    }),
    z.strictObject({ source: z.string() }),
  ),
  /** The frontmatter as data, for the form; null where it cannot be read. */
  "manifests.parse": method(
    z.strictObject({ kind: ManifestKind, source: Source }),
    z.strictObject({ frontmatter: z.json().nullable(), body: z.string() }),
  ),
  /** Refused with `not-permitted` and the names while other manifests need it, with `conflict` where the file changed since. */
  "manifests.delete": method(z.strictObject({ ...ManifestRef, digest: z.string() }), z.strictObject({})),
  "manifests.templates": method(z.strictObject({}), z.array(ManifestTemplate)),
  /** Names that a manifest may use besides those of bottles: providers with plugins, skills of the home and of ~/.claude. */
  "manifests.choices": method(z.strictObject({}), z.strictObject({ providers: z.array(z.string()), skills: z.array(z.string()) })),
  /** JSON Schema of a frontmatter (MAN-10), for completion; keys carry descriptions (`.describe()` in common/manifest). */
  "manifests.schema": method(z.strictObject({ kind: ManifestKind }), z.json()),
} as const;
