import type { PushFile, PushRecord, RefUpdate } from "#common/domain/git.ts";
import { pathWarnings } from "./path-warnings.ts";
import { count } from "./push-sentence.ts";

/** Above this many changed lines, a file is seldom read to its end. */
const MANY_LINES = 2000;
const LARGE_BYTES = 10 * 1024 * 1024;

/** What an operator should notice before forwarding; computed from refs, sizes and paths, the agent's words play no part (GIT-6). */
export function warningsForPush(push: PushRecord, files: readonly PushFile[], cut: boolean): string[] {
  return [
    ...push.refs.flatMap(refWarnings),
    ...(push.refCount > push.refs.length ? [`${push.refCount} refs are changed at once, of which ${push.refs.length} are shown.`] : []),
    ...(push.commitCount > push.commits.length ? [`${push.commitCount} commits, of which ${push.commits.length} are shown.`] : []),
    ...pathWarnings(files),
    ...kindWarnings(files.filter(({ change }) => change !== "removed")),
    ...(push.bytes > LARGE_BYTES ? [`The push is large: ${Math.round(push.bytes / 1024 / 1024)} MiB.`] : []),
    ...(cut ? ["Not every file is shown: the push changes more than fits here."] : []),
  ];
}

const SHARED_NAMES = /^refs\/heads\/(?:main|master|trunk|develop|production|prod|stable|gh-pages|release(?:[/-].*)?)$/;

function refWarnings({ ref, kind }: RefUpdate): string[] {
  const what = ref.startsWith("refs/tags/") ? "tag" : "branch";
  const shared = SHARED_NAMES.test(ref) ? [`${ref} is a name that others usually build upon.`] : [];
  switch (kind) {
    case "force":
      return [`Rewrites ${ref}: commits that are there now would be gone from it.`, ...shared];
    case "delete":
      return [`Deletes the ${what} ${ref} upstream.`, ...shared];
    case "create":
      return [`Creates the ${what} ${ref}.`, ...shared];
    case "update":
      return shared;
  }
}

function kindWarnings(files: readonly PushFile[]): string[] {
  const of = (mode: PushFile["mode"]) => files.filter((file) => file.mode === mode);
  const submodules = files.filter(({ mode, patch }) => mode === "160000" || /^[+-]Subproject commit [0-9a-f]{40}/m.test(patch));
  const long = files.filter(({ added, removed, cut }) => cut || added + removed > MANY_LINES);
  return [
    ...named(of("100755"), "Makes executable"),
    ...named(of("120000"), "Adds symbolic links, which can point anywhere on the machine of whoever checks out"),
    ...named(submodules, "Refers to other repositories (submodules)"),
    ...named(
      files.filter(({ binary }) => binary),
      "Holds binary files, whose content is not shown",
    ),
    ...named(long, "Changes more than is likely to be read"),
  ];
}

function named(files: readonly PushFile[], what: string): string[] {
  if (files.length === 0) return [];
  const shown = files.slice(0, 3).map(({ path }) => path);
  const more = files.length > 3 ? ` and ${count(files.length - 3, "more file")}` : "";
  return [`${what}: ${shown.join(", ")}${more}.`];
}
