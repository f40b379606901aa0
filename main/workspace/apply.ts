import { posix } from "node:path";
import type { Arrived } from "./arriving.ts";
import { movedSince } from "./arriving.ts";
import type { ComparedPath } from "./describe-change.ts";
import { sameState } from "./entry-state.ts";
import type { HostFolder, OpenFolder } from "./host-folder.ts";
import { backupPlace, keepCopy, makeFolder, putFile, putLink, removeEntry, setExecutable, writeFailure } from "./replace.ts";

export interface Skipped {
  readonly path: string;
  readonly reason: string;
}

export interface Outcome {
  readonly applied: readonly ComparedPath[];
  readonly skipped: readonly Skipped[];
  readonly keptOld: boolean;
}

export interface ApplyPlan {
  readonly host: HostFolder;
  readonly chosen: readonly ComparedPath[];
  readonly arrived: Arrived;
  readonly goneFolders: ReadonlySet<string>;
  /** Where what is overwritten or removed is kept. */
  readonly backup: string;
}

/**
 * Writes what was reviewed onto the host: first what goes, from the bottom up, then what comes, from the top down. Each file
 * changes whole or not at all, so that being killed in the middle leaves some old and some new files and no half ones.
 */
export async function applyChosen(plan: ApplyPlan): Promise<Outcome> {
  await requireHostUnmoved(plan);
  const removed = plan.chosen.filter(({ bottle }) => bottle === null).toSorted((a, b) => (a.path < b.path ? 1 : -1));
  const put = plan.chosen.filter(({ bottle }) => bottle !== null).toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const applied: ComparedPath[] = [];
  const skipped: Skipped[] = [];
  for (const [index, change] of [...removed, ...put].entries()) {
    if (index === removed.length) await removeEmptied(plan, applied);
    const reason = await applyOne(plan, change);
    if (reason === null) applied.push(change);
    else skipped.push({ path: change.path, reason });
  }
  await removeEmptied(plan, applied);
  return { applied, skipped, keptOld: applied.some(replacesContent) };
}

/** Before anything is written: a choice that was made against another state is no choice. */
async function requireHostUnmoved({ host, chosen }: ApplyPlan): Promise<void> {
  const moved: ComparedPath[] = [];
  for (const change of chosen) {
    const now = await host.read(change.path);
    if (now.blocked !== null || !sameState(now.state, change.host)) moved.push(change);
  }
  if (moved.length > 0) throw movedSince("on this machine", moved);
}

/** Null once it is done, else why it was left as it is. */
async function applyOne(plan: ApplyPlan, change: ComparedPath): Promise<string | null> {
  try {
    const now = await plan.host.read(change.path);
    if (now.blocked !== null) return now.blocked;
    if (!sameState(now.state, change.host)) return "it changed on this machine just now";
    await using parent = await plan.host.parentOf(change.path, change.bottle !== null);
    if (parent === null) return null;
    if ("blocked" in parent) return parent.blocked;
    await replaceEntry(plan, change, parent, now.mode);
    return null;
  } catch (error) {
    return writeFailure(error);
  }
}

async function replaceEntry({ arrived, backup }: ApplyPlan, change: ComparedPath, parent: OpenFolder, mode: number): Promise<void> {
  const { path, bottle, host } = change;
  const name = posix.basename(path);
  const at = (each: string) => parent.at(each);
  if (bottle?.kind === "file" && change.change === "mode") return setExecutable(at(name), bottle.executable);
  if (host !== null && host.kind !== "folder") await keepCopy(at(name), host.kind, backupPlace(backup, path));
  // A file replaces a file in one step; only what is of another kind has to go first.
  if (host !== null && (bottle === null || bottle.kind === "folder" || host.kind === "folder")) await removeEntry(at(name), host.kind);
  if (bottle?.kind === "file") await putFile(at, name, arrived.contentOf(change), host?.kind === "file" ? mode : null, bottle.executable);
  else if (bottle?.kind === "link") await putLink(at, name, bottle.target);
  else if (bottle?.kind === "folder") await makeFolder(at(name));
}

function replacesContent({ host, change }: ComparedPath): boolean {
  return host !== null && host.kind !== "folder" && change !== "mode";
}

/** Folders that only held what was removed, where the bottle has them no more either. */
async function removeEmptied({ host, goneFolders }: ApplyPlan, applied: readonly ComparedPath[]): Promise<void> {
  const emptied = new Set<string>();
  for (const { path, bottle } of applied) {
    if (bottle !== null) continue;
    for (let folder = posix.dirname(path); goneFolders.has(folder); folder = posix.dirname(folder)) emptied.add(folder);
  }
  for (const folder of [...emptied].toSorted((a, b) => (a < b ? 1 : -1))) {
    await using parent = await host.parentOf(folder, false);
    // One that is not empty stays: it holds what never was in the bottle, or was not chosen.
    if (parent !== null && !("blocked" in parent)) await removeEntry(parent.at(posix.basename(folder)), "folder").catch(() => undefined);
  }
}
