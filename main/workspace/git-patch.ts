import type { StructuredPatch } from "diff";
import { formatPatch } from "diff";
import type { ComparedPath } from "./describe-change.ts";
import type { EntryState } from "./entry-state.ts";

/** The changes in git's format; what it cannot carry is named in front, where `git apply` does not look. */
export function gitPatch(changes: Iterable<ComparedPath>): string {
  const left: string[] = [];
  const files: string[] = [];
  for (const change of changes) {
    const reason = leftOut(change);
    if (reason === null) files.push(formatPatch(asGitFile(change)));
    else left.push(`# not in this patch: ${JSON.stringify(change.path)}: ${reason}\n`);
  }
  return [...left, ...files].join("");
}

function leftOut({ refused, binary, tooLarge, bottle, host }: ComparedPath): string | null {
  if (refused !== null) return refused;
  if (binary) return "not text";
  if (tooLarge) return "too large";
  if (bottle?.kind === "folder" || host?.kind === "folder") return "git knows no folders";
  return null;
}

function asGitFile({ path, host, bottle, hunks }: ComparedPath): StructuredPatch {
  return {
    isGit: true,
    isCreate: host === null,
    isDelete: bottle === null,
    oldFileName: host === null && hunks.length > 0 ? "/dev/null" : `a/${path}`,
    newFileName: bottle === null && hunks.length > 0 ? "/dev/null" : `b/${path}`,
    oldHeader: undefined,
    newHeader: undefined,
    hunks: [...hunks],
    ...modes(modeOf(host), modeOf(bottle)),
  };
}

/** Both only where they differ: git names a mode that stays in the index line, which is not made here. */
function modes(before: string | null, after: string | null): Pick<StructuredPatch, "oldMode" | "newMode"> {
  if (before === after) return {};
  return { ...(before === null ? {} : { oldMode: before }), ...(after === null ? {} : { newMode: after }) };
}

function modeOf(state: EntryState | null): string | null {
  if (state === null || state.kind === "folder") return null;
  if (state.kind === "link") return "120000";
  return state.executable ? "100755" : "100644";
}
