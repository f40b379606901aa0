import type { ObjectId, RefUpdate } from "#common/domain/git.ts";
import { DIFF_LIMITS } from "./diff-limits.ts";
import { DIFF_FORM, GitReader, isZero, KNOWN } from "./git-reader.ts";
import type { Gitleaks } from "./gitleaks-run.ts";
import type { InstalledRules } from "./installed-rules.ts";
import { PatchDraft } from "./patch-draft.ts";
import { PatchReader } from "./patch-reader.ts";
import { redactPatches } from "./redact-patches.ts";
import type { PushDiff, PushDiffRequest } from "./scan-types.ts";

const DIFF = ["diff", "--unified=3", ...DIFF_FORM];

/** What the updates would change at upstream, for the operator's eyes: bounded, and every secret in it replaced (GIT-6). */
export async function diffPush(
  gitleaks: Gitleaks,
  rules: InstalledRules,
  request: PushDiffRequest,
  signal: AbortSignal,
): Promise<PushDiff> {
  const git = new GitReader(request, signal);
  const draft = new PatchDraft(DIFF_LIMITS);
  const seen = new Set<string>();
  for (const update of request.updates) {
    const range = await rangeOf(git, update);
    // Two names for the same commits change the same files.
    if (range !== null && !seen.has(range.join())) await readDiff(git, range, draft);
    seen.add(String(range));
  }
  const { files, cut } = draft.finish();
  return { files: await redactPatches(gitleaks, rules, files, signal), cut };
}

async function readDiff(git: GitReader, [from, to]: readonly [ObjectId, ObjectId], draft: PatchDraft): Promise<void> {
  const reader = new PatchReader();
  await git.read([...DIFF, from, to, "--"], [], (chunk) => {
    for (const event of reader.push(chunk)) draft.take(event);
  });
  for (const event of reader.end()) draft.take(event);
}

/** From what upstream has under this name, or has nearest to it, to what it would have; null where no commit would come. */
async function rangeOf(git: GitReader, update: RefUpdate): Promise<readonly [ObjectId, ObjectId] | null> {
  if (isZero(update.new)) return null;
  const to = await commitOf(git, update.new);
  if (to === null) return null;
  const old = isZero(update.old) ? null : await commitOf(git, update.old);
  return [old ?? (await nearestKnown(git, to)), to];
}

/** Null for a tag of something else than a commit. */
async function commitOf(git: GitReader, id: ObjectId): Promise<ObjectId | null> {
  const answer = await git.ask(["cat-file", "--batch-check=%(objectname) %(objecttype)"], [`${id}^{commit}`]);
  return /^([0-9a-f]+) commit$/.exec(answer)?.[1] ?? null;
}

/** Where the new commits leave what upstream has; the empty folder when they share nothing with it. */
async function nearestKnown(git: GitReader, tip: ObjectId): Promise<ObjectId> {
  const walked = await git.ask(["rev-list", "--first-parent", "--boundary", tip, ...KNOWN]);
  const boundary = /^-([0-9a-f]+)$/m.exec(walked)?.[1];
  if (boundary !== undefined) return boundary;
  return walked === "" ? tip : await git.ask(["hash-object", "-t", "tree", "--stdin"]);
}
