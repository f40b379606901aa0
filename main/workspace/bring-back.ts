import { mkdir } from "node:fs/promises";
import { join, posix } from "node:path";
import type { Readable } from "node:stream";
import type { Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { WorkspaceChanges } from "#common/ipc/workspace-methods.ts";
import { MAX_CHANGES_SHOWN } from "#common/ipc/workspace-methods.ts";
import { writeFileAtomic } from "../platform/atomic-file.ts";
import type { Clock } from "../platform/clock.ts";
import { timestamp } from "../platform/clock.ts";
import { withFileLock } from "../platform/file-lock.ts";
import type { HomePaths } from "../platform/home.ts";
import type { Outcome, Skipped } from "./apply.ts";
import { applyChosen } from "./apply.ts";
import { fetchChosen } from "./arriving.ts";
import { BrokenArchive } from "./bottle-archive.ts";
import type { Comparison } from "./compare.ts";
import { compareWorkspace } from "./compare.ts";
import type { ComparedPath } from "./describe-change.ts";
import { shownChange } from "./describe-change.ts";
import { gitPatch } from "./git-patch.ts";
import { HostFolder } from "./host-folder.ts";
import type { WorkspaceRecord } from "./record.ts";
import { readRecord, writeRecord } from "./record.ts";
import { firstHunks } from "./text-patch.ts";
import { workspaceFiles } from "./workspace-files.ts";

export interface BringBackDeps {
  readonly home: HomePaths;
  readonly clock: Clock;
  copyOut(slug: Slug, path: string, signal: AbortSignal): Promise<Readable>;
}

export type OnRead = (entries: number, bytes: number) => void;

export interface Choice {
  readonly digest: string;
  readonly paths: readonly string[];
  /** Those to bring back although the host's file changed too. */
  readonly overwrite: readonly string[];
}

export interface BroughtBack {
  readonly applied: readonly string[];
  readonly skipped: readonly Skipped[];
  readonly backup: string | null;
}

const ATTEMPTS = 3;
const PATCH_CHARS = 64 * 1024;
const ALL_PATCHES_CHARS = 8 * 1024 * 1024;
/** Comparisons that are remembered: each may hold megabytes of patches. */
const REMEMBERED = 4;

/** What a bottle's agent did to its copy of the operator's folder, and the way of it back (ENV-4). */
export class BringBack {
  readonly #deps: BringBackDeps;
  readonly #last = new Map<Slug, Comparison>();

  constructor(deps: BringBackDeps) {
    this.#deps = deps;
  }

  async changes(slug: Slug, onRead: OnRead, signal: AbortSignal): Promise<WorkspaceChanges> {
    const comparison = await this.#compare(slug, onRead, signal);
    let left = ALL_PATCHES_CHARS;
    const changes = [...comparison.changes.values()].slice(0, MAX_CHANGES_SHOWN).map((change) => {
      const patch = firstHunks(change.hunks, Math.min(PATCH_CHARS, left));
      left -= patch.text.length;
      return shownChange(change, patch);
    });
    const { hostPath, digest, notes } = comparison;
    return { slug, hostPath, digest, changes, total: comparison.changes.size, notes: [...notes] };
  }

  async patch(slug: Slug, digest: string, signal: AbortSignal): Promise<string> {
    return gitPatch((await this.#reviewed(slug, digest, signal)).changes.values());
  }

  /** Applies what was reviewed under this digest; refuses when either side is not as it was then. */
  async apply(slug: Slug, choice: Choice, signal: AbortSignal): Promise<BroughtBack> {
    const comparison = await this.#reviewed(slug, choice.digest, signal);
    const { chosen, skipped } = choose(comparison, choice);
    if (chosen.length === 0) return { applied: [], skipped, backup: null };
    // One client at a time: two would check the same state and then both write.
    return withFileLock(this.#deps.home.bottleState(slug), "bring-back", () =>
      this.#applyChosen(slug, comparison, chosen, skipped, signal),
    );
  }

  async #applyChosen(
    slug: Slug,
    comparison: Comparison,
    chosen: readonly ComparedPath[],
    skipped: readonly Skipped[],
    signal: AbortSignal,
  ): Promise<BroughtBack> {
    const files = workspaceFiles(this.#deps.home, slug);
    const record = await this.#record(slug);
    const backup = join(files.broughtBack, timestamp(this.#deps.clock).replaceAll(":", "-"));
    await using host = await HostFolder.open(record.hostPath);
    const folder = posix.basename(record.guestPath);
    await using arrived = await whileWritten(async () =>
      fetchChosen(files.arriving, folder, await this.#tar(slug, record, signal), chosen, signal),
    );
    const outcome = await applyChosen({ host, chosen, arrived, goneFolders: comparison.goneFolders, backup });
    this.#last.delete(slug);
    await remember(files.record, record, outcome);
    if (outcome.keptOld) await describeBackup(backup, slug, comparison.hostPath, outcome);
    return {
      applied: outcome.applied.map(({ path }) => path),
      skipped: [...skipped, ...outcome.skipped],
      backup: outcome.keptOld ? backup : null,
    };
  }

  /** The comparison of this digest: remembered, or made anew and found to be the same. */
  async #reviewed(slug: Slug, digest: string, signal: AbortSignal): Promise<Comparison> {
    const last = this.#last.get(slug);
    if (last?.digest === digest) return last;
    const now = await this.#compare(slug, () => undefined, signal);
    if (now.digest === digest) return now;
    throw new OperatorError("stale-revision", {
      message: "The bottle's workspace or the folder changed since you looked; nothing was brought back",
      hint: "Compare again, and read what changed.",
    });
  }

  async #compare(slug: Slug, onProgress: OnRead, signal: AbortSignal): Promise<Comparison> {
    const record = await this.#record(slug);
    await using host = await HostFolder.open(record.hostPath);
    const folder = posix.basename(record.guestPath);
    const comparison = await whileWritten(async () =>
      compareWorkspace({ record, host, folder, onProgress }, await this.#tar(slug, record, signal), signal),
    );
    this.#remember(slug, comparison);
    return comparison;
  }

  #remember(slug: Slug, comparison: Comparison): void {
    this.#last.delete(slug);
    this.#last.set(slug, comparison);
    const [oldest] = this.#last.keys();
    if (this.#last.size > REMEMBERED && oldest !== undefined) this.#last.delete(oldest);
  }

  #tar(slug: Slug, { guestPath }: WorkspaceRecord, signal: AbortSignal): Promise<Readable> {
    return this.#deps.copyOut(slug, guestPath, signal);
  }

  async #record(slug: Slug): Promise<WorkspaceRecord> {
    const record = await readRecord(workspaceFiles(this.#deps.home, slug).record);
    if (record !== null) return record;
    throw new OperatorError("not-permitted", {
      message: `No folder was copied into ${slug}, so there is nothing to compare`,
      hint: "Start an agent with a workspace, and what it changes there can be brought back.",
    });
  }
}

/** Reads again when a file shrank under the engine's hands: the agent works on while its folder is read. */
async function whileWritten<T>(read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof BrokenArchive) || attempt === ATTEMPTS) throw error;
    }
  }
}

interface Chosen {
  readonly chosen: readonly ComparedPath[];
  readonly skipped: readonly Skipped[];
}

function choose({ changes }: Comparison, { paths, overwrite }: Choice): Chosen {
  const chosen: ComparedPath[] = [];
  const skipped: Skipped[] = [];
  for (const path of new Set(paths)) {
    const change = changes.get(path);
    if (change === undefined) throw new OperatorError("bad-input", { message: `${path} is not among the changes`, hint: "Compare again." });
    if (change.refused !== null) skipped.push({ path, reason: change.refused });
    else if (change.conflict && !overwrite.includes(path))
      skipped.push({ path, reason: "it changed on this machine too since it was copied; choose to overwrite it" });
    else chosen.push(change);
  }
  return { chosen, skipped };
}

/** What was brought back is the same on both sides now: what changes from here on is told against that. */
async function remember(file: string, record: WorkspaceRecord, { applied }: Outcome): Promise<void> {
  const entries = new Map(record.entries);
  for (const { path, bottle } of applied) {
    if (bottle === null) entries.delete(path);
    else entries.set(path, { ...bottle, path });
  }
  await writeRecord(file, { ...record, entries });
}

async function describeBackup(backup: string, slug: Slug, hostPath: string, { applied }: Outcome): Promise<void> {
  await mkdir(backup, { recursive: true, mode: 0o700 });
  const changes = applied.map(({ path, change }) => ({ path, change }));
  await writeFileAtomic(join(backup, "brought-back.json"), `${JSON.stringify({ slug, hostPath, changes }, null, 2)}\n`);
}
