import { z } from "zod";
import { HeldPush, PushFile, PushRecord, RepoName, RepoStatus } from "../domain/git.ts";
import { Slug } from "../domain/names.ts";
import { method } from "./method.ts";

const PushId = z.string().max(130);
const PushBasis = { id: PushId, digest: z.string(), note: z.string().max(4000) };

/** A held push with everything we computed about it (GIT-6). */
export const PushView = z.strictObject({
  held: HeldPush,
  /** What forwarding it does, in one or two sentences of ours. */
  sentence: z.string(),
  warnings: z.array(z.string()),
  files: z.array(PushFile),
  /** Not every file is shown. */
  cut: z.boolean(),
  /** Why it cannot be decided now, e.g. the bottle stopped. */
  blocked: z.string().nullable(),
});
export type PushView = z.infer<typeof PushView>;

/** A push that was refused or failed, as the inbox tells it until the operator has seen it. */
export const RefusedPush = z.strictObject({ slug: Slug, push: PushRecord });
export type RefusedPush = z.infer<typeof RefusedPush>;

export const gitMethods = {
  /** The gate of one bottle: its repositories now, its pushes newest first. */
  "git.get": method(
    z.strictObject({ slug: Slug, limit: z.int().min(1).max(1000) }),
    z.strictObject({ repos: z.array(RepoStatus), pushes: z.array(PushRecord) }),
  ),
  "git.refresh": method(z.strictObject({ slug: Slug, repo: RepoName }), z.strictObject({})),
  /** Held pushes of all bottles, and those decided lately. */
  "pushes.list": method(z.strictObject({}), z.array(HeldPush)),
  "pushes.view": method(z.strictObject({ id: PushId }), PushView),
  /** Every finding of the push must be named: each is let pass this once. */
  "pushes.forward": method(z.strictObject({ ...PushBasis, allowedFindings: z.array(z.string().max(2048)).max(100) }), HeldPush),
  "pushes.refuse": method(z.strictObject(PushBasis), HeldPush),
  /** Refused and failed pushes that the operator has not dismissed. */
  "pushes.refusals": method(z.strictObject({}), z.array(RefusedPush)),
  "pushes.dismiss": method(z.strictObject({ ids: z.array(PushId).min(1).max(1000) }), z.strictObject({})),
} as const;

export const gitTopics = {
  git: z.strictObject({ slug: Slug, repos: z.array(RepoStatus) }),
  /** One more push ended in this bottle. */
  push: z.strictObject({ slug: Slug, push: PushRecord }),
  pushes: z.array(HeldPush),
  refusals: z.array(RefusedPush),
} as const;
