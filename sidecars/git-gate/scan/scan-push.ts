import type { ObjectId } from "#common/domain/git.ts";
import { tellFindings } from "./findings.ts";
import { GitReader } from "./git-reader.ts";
import type { Gitleaks } from "./gitleaks-run.ts";
import type { InstalledRules } from "./installed-rules.ts";
import { ObjectReader } from "./object-reader.ts";
import { PushText } from "./push-text.ts";
import { PushWalk } from "./push-walk.ts";
import { redactor } from "./redaction.ts";
import { ScanError } from "./scan-limits.ts";
import type { ScanPlace } from "./scan-place.ts";
import type { ScanOutcome, ScanRequest } from "./scan-types.ts";
import { MAX_AUTHOR, MAX_SUBJECT, readStoredText } from "./stored-text.ts";

const TOLD_FINDINGS = 100;
/** Tags of tags; nobody means more than one or two. */
const MAX_TAG_CHAIN = 16;

/** Looks at everything that a push introduces, and at nothing that upstream has. Throws when any of it could not be looked at. */
export async function scanPush(gitleaks: Gitleaks, rules: InstalledRules, request: ScanRequest, signal: AbortSignal): Promise<ScanOutcome> {
  await using text = new PushText(gitleaks, rules, signal);
  const git = new GitReader(request, signal);
  const objects = new ObjectReader(git);
  const walk = new PushWalk(git, objects, text);
  for (const name of request.newNames) text.add({ commit: null, place: "ref", path: name, before: false }, 0, Buffer.from(name));
  const commits = await followTips(git, objects, text, walk, request.newTips);
  await walk.walk(commits);
  objects.close();
  const sightings = await text.finish();
  const redact = redactor(sightings.map(({ secret }) => secret));
  const findings = tellFindings(sightings, redact);
  return {
    kind: "scanned",
    commits: walk.commits.map(({ author, subject, ...commit }) => ({
      ...commit,
      // What stands for a secret may be longer than it.
      author: redact(author).slice(0, MAX_AUTHOR),
      subject: redact(subject).slice(0, MAX_SUBJECT),
    })),
    commitCount: walk.commitCount,
    findings: findings.slice(0, TOLD_FINDINGS),
    findingCount: findings.length,
  };
}

/** The commits that new refs lead to; tags and blobs on the way are scanned, unless a ref of upstream names them already. */
async function followTips(
  git: GitReader,
  objects: ObjectReader,
  text: PushText,
  walk: PushWalk,
  tips: readonly ObjectId[],
): Promise<readonly ObjectId[]> {
  const commits = new Set<ObjectId>();
  let known: ReadonlySet<string> | null = null;
  for (const tip of new Set(tips)) {
    let next: ObjectId | null = tip;
    for (let depth = 0; next !== null; depth += 1) {
      if (depth > MAX_TAG_CHAIN) throw new ScanError("a tag of the push leads through too many other tags");
      const id: ObjectId = next;
      const object = await objects.open(id);
      if (object.type === "tree") throw new ScanError("a ref of the push names a folder, which is not scanned");
      if (object.type === "commit") {
        await objects.readWhole(object);
        commits.add(id);
        next = null;
        continue;
      }
      known ??= new Set((await git.ask(["for-each-ref", "--format=%(objectname)", "refs/heads", "refs/tags"])).split("\n"));
      const stored: Buffer | null = object.type === "tag" ? await objects.readWhole(object) : await drain(object.chunks);
      if (!known.has(id)) await scanTip(text, walk, id, stored);
      next = stored === null ? null : targetOf(stored);
    }
  }
  return [...commits];
}

async function scanTip(text: PushText, walk: PushWalk, id: ObjectId, tag: Buffer | null): Promise<void> {
  if (tag !== null) {
    for (const { place, lines } of readStoredText("tag", null, tag)) text.addLines(place, lines);
    return;
  }
  const place: ScanPlace = { commit: null, place: "file", path: null, before: false };
  await walk.readBlob(place, id, text.openFile(place));
}

/** A blob is opened a second time as a stream. */
async function drain(chunks: AsyncIterable<Buffer>): Promise<null> {
  for await (const _ of chunks);
  return null;
}

function targetOf(tag: Buffer): ObjectId {
  const target = /^object ([0-9a-f]+)\n/.exec(tag.subarray(0, 128).toString("latin1"))?.[1];
  if (target === undefined) throw new ScanError("a tag of the push names nothing");
  return target;
}
