import { z } from "zod";
import { BackendName, ManifestName, Slug, Timestamp, TokenRef } from "./names.ts";

export const BottleState = z.enum(["starting", "running", "exited", "stopped", "error"]);
export type BottleState = z.infer<typeof BottleState>;

/** The named steps of a start, in order (BTL-1). */
export const StartStepName = z.enum(["validate", "image", "networks", "create", "copy", "start", "ready", "attach"]);
export type StartStepName = z.infer<typeof StartStepName>;

export const StartStep = z.strictObject({
  name: StartStepName,
  state: z.enum(["waiting", "running", "done", "failed", "cancelled"]),
  /** Short progress text, e.g. the last line of an image build. */
  detail: z.string().nullable(),
  durationMs: z.number().nullable(),
});
export type StartStep = z.infer<typeof StartStep>;

export const DaemonName = z.enum(["egress", "pipelock", "git-gate", "supervise"]);
export type DaemonName = z.infer<typeof DaemonName>;

/** A sidecar's state as its bundle's init reports it (SID-1). */
export const DaemonHealth = z.strictObject({
  name: DaemonName,
  state: z.enum(["starting", "healthy", "restarting", "failed", "stopped"]),
  since: Timestamp,
  restarts: z.int(),
  lastError: z.string().nullable(),
});
export type DaemonHealth = z.infer<typeof DaemonHealth>;

/** What the panel knows of its link to one bundle: `lost` shows beside the health, which is then the last known. */
export const BundleLink = z.enum(["connecting", "connected", "lost"]);

/** One row of the bottle list. */
export const BottleSummary = z.strictObject({
  slug: Slug,
  agent: ManifestName,
  bottle: ManifestName,
  provider: z.string(),
  backend: BackendName,
  state: BottleState,
  /** Null while unknown (metadata lost): sorts first (BTL-4). */
  startedAt: Timestamp.nullable(),
  workspace: z.string().nullable(),
  runtime: z.string().nullable(),
  exitCode: z.int().nullable(),
  /** Why the state is `error` or `exited`, with the next step. */
  problem: z.string().nullable(),
  pending: z.int(),
  allowed: z.int(),
  refused: z.int(),
  lastRefusal: z.strictObject({ time: Timestamp, text: z.string() }).nullable(),
  link: BundleLink,
  steps: z.array(StartStep),
});
export type BottleSummary = z.infer<typeof BottleSummary>;

/** Sorted as the list shows it: by start time, then slug; unknown times first (BTL-4). */
export function compareBottles(a: Pick<BottleSummary, "startedAt" | "slug">, b: Pick<BottleSummary, "startedAt" | "slug">): number {
  const left = a.startedAt ?? "";
  const right = b.startedAt ?? "";
  return left < right ? -1 : left > right ? 1 : a.slug < b.slug ? -1 : a.slug > b.slug ? 1 : 0;
}

/** What a start would do, shown before it is confirmed; the same on every backend and on the command line (BTL-1). */
export const Preflight = z.strictObject({
  agent: ManifestName,
  bottle: ManifestName,
  provider: z.string(),
  backend: BackendName,
  runtime: z.string().nullable(),
  image: z.string(),
  imagePresent: z.boolean(),
  envNames: z.array(z.string()),
  /** Values only the operator can give; `answered` once they were given for this start or an earlier one of this panel (ENV-1). */
  prompts: z.array(z.strictObject({ name: z.string(), text: z.string(), answered: z.boolean() })),
  skills: z.array(z.string()),
  gitIdentity: z.string().nullable(),
  repos: z.array(z.string()),
  /** `host` or `host [auth:Bearer]`. */
  routes: z.array(z.string()),
  supervise: z.boolean(),
  workspace: z.strictObject({ hostPath: z.string(), guestPath: z.string(), files: z.int().nullable() }).nullable(),
  warnings: z.array(z.string()),
  /** Secrets that stand in the way of a start; each `problem` is told in `problems` too. `locked`: the store has to be unlocked. */
  lackingSecrets: z.array(z.strictObject({ name: TokenRef, locked: z.boolean(), problem: z.string() })),
  /** What stands in the way of a start; empty means it can start. */
  problems: z.array(z.string()),
});
export type Preflight = z.infer<typeof Preflight>;
