import type { WorkspaceChange } from "#common/ipc/workspace-methods.ts";

/** What can become of a change: brought back, brought back over the operator's own, or never. */
export type Standing = "ready" | "conflict" | "refused";

export type StandingFilter = "all" | Standing;

export function standingOf(change: WorkspaceChange): Standing {
  if (change.refused !== null) return "refused";
  return change.conflict ? "conflict" : "ready";
}

export function filterChanges(changes: readonly WorkspaceChange[], text: string, standing: StandingFilter): WorkspaceChange[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return changes.filter((change) => {
    if (standing !== "all" && standingOf(change) !== standing) return false;
    const said = `${change.path} ${change.change} ${change.warnings.join(" ")}`.toLowerCase();
    return words.every((word) => said.includes(word));
  });
}

export function countStandings(changes: readonly WorkspaceChange[]): Record<Standing, number> {
  const counts = { ready: 0, conflict: 0, refused: 0 };
  for (const change of changes) counts[standingOf(change)] += 1;
  return counts;
}

/** One more or one less chosen; what can never be brought back cannot be chosen. */
export function toggled(chosen: ReadonlySet<string>, change: WorkspaceChange): ReadonlySet<string> {
  if (standingOf(change) === "refused") return chosen;
  const next = new Set(chosen);
  if (!next.delete(change.path)) next.add(change.path);
  return next;
}

/** All that replaces nothing of the operator's; a conflict is only ever chosen by itself. */
export function allReady(changes: readonly WorkspaceChange[]): ReadonlySet<string> {
  return new Set(changes.filter((change) => standingOf(change) === "ready").map(({ path }) => path));
}

/** What a choice means, for the question before it is carried out. */
export interface ChoiceFacts {
  readonly paths: readonly string[];
  readonly overwrite: readonly string[];
  readonly removals: number;
  readonly selfRunning: readonly WorkspaceChange[];
}

export function choiceFacts(changes: readonly WorkspaceChange[], chosen: ReadonlySet<string>): ChoiceFacts {
  const taken = changes.filter(({ path }) => chosen.has(path));
  return {
    paths: taken.map(({ path }) => path),
    overwrite: taken.filter(({ conflict }) => conflict).map(({ path }) => path),
    removals: taken.filter(({ change }) => change === "removed").length,
    selfRunning: taken.filter(({ warnings }) => warnings.length > 0),
  };
}
