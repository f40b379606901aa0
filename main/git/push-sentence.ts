import type { PushRecord, RefUpdate } from "#common/domain/git.ts";
import { parseSshUrl } from "#common/manifest/git-gate-schema.ts";

/** What forwarding a push does, in our words and from the refs that the gate itself has checked (GIT-6). */
export function sentenceOfPush(push: PushRecord, upstream: string | null): string {
  const where = `${push.repo}${upstream === null ? "" : ` at ${hostOf(upstream)}`}`;
  const effect = push.refs.every(({ kind }) => kind === "delete")
    ? `Deletes ${refNames(push)} of ${where}.`
    : `Forwards ${content(push)} to ${refNames(push)} of ${where}.`;
  return [effect, ...passedFindings(push)].join(" ");
}

function content({ commitCount, refs }: PushRecord): string {
  if (commitCount > 0) return count(commitCount, "commit");
  return refs.some(({ ref }) => ref.startsWith("refs/tags/")) ? "a tag" : "no new commit";
}

function passedFindings({ findingCount }: PushRecord): string[] {
  if (findingCount === 0) return [];
  return [`${count(findingCount, "finding")} would be let pass: what looks like a secret leaves the bottle.`];
}

function refNames({ refs, refCount }: PushRecord): string {
  const shown = refs.slice(0, 3).map(({ ref }: RefUpdate) => ref);
  const more = refCount - shown.length;
  if (more > 0) return `${shown.join(", ")} and ${count(more, "more ref")}`;
  return shown.length < 2 ? (shown[0] ?? "no ref") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

function hostOf(upstream: string): string {
  const url = parseSshUrl(upstream);
  return url === null ? upstream : `${url.host}:${url.port}`;
}

/** `1 commit`, `2 commits`. */
export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}
