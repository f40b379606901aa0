import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { syncFolder } from "../../kit/atomic-file.ts";

export type ObjectFormat = "sha1" | "sha256";

export interface RepositoryOptions {
  readonly objectFormat: ObjectFormat;
  /** The only hooks that run. */
  readonly hooks: string;
  readonly packBytes: number;
}

/** Faults that old histories of good repositories have and that do no harm; what can harm stays an error. */
const TOLERATED_FAULTS = ["zeroPaddedFilemode", "missingSpaceBeforeDate", "badTimezone", "missingSpaceBeforeEmail"];

/** A bare repository that nothing of git's defaults or of an agent's wishes gets into. Appears whole or not at all. */
export function createRepository(path: string, options: RepositoryOptions): void {
  const draft = `${path}.new`;
  rmSync(draft, { recursive: true, force: true });
  layOut(draft, options);
  renameSync(draft, path);
  syncFolder(dirname(path));
}

function layOut(path: string, options: RepositoryOptions): void {
  for (const folder of ["objects/info", "objects/pack", "refs/heads", "refs/tags"]) {
    mkdirSync(join(path, folder), { recursive: true, mode: 0o700 });
  }
  writeFileSync(join(path, "HEAD"), "ref: refs/heads/main\n", { mode: 0o600 });
  writeConfig(path, options);
}

/** Written anew at every start: what is in force is what this program says. */
export function writeConfig(path: string, options: RepositoryOptions): void {
  writeFileSync(join(path, "config"), repositoryConfig(options), { mode: 0o600 });
}

/**
 * The gate must not refuse what it has forwarded, so git refuses nothing by itself that the gate has let pass: deletions and
 * forced updates are decided before. Large blobs are streamed, never held in memory. Nothing is ever pruned: held pushes build
 * upon these objects.
 */
function repositoryConfig({ objectFormat, hooks, packBytes }: RepositoryOptions): string {
  const sections: Record<string, Record<string, string | number | boolean>> = {
    core: {
      repositoryformatversion: objectFormat === "sha1" ? 0 : 1,
      bare: true,
      hooksPath: hooks,
      bigFileThreshold: "16m",
      logAllRefUpdates: false,
      fsmonitor: false,
      protectHFS: true,
      protectNTFS: true,
    },
    ...(objectFormat === "sha1" ? {} : { extensions: { objectFormat } }),
    gc: { auto: 0, pruneExpire: "never", packRefs: false, autoDetach: false },
    maintenance: { auto: false },
    pack: { threads: 1, windowMemory: "64m", deltaCacheSize: "32m" },
    transfer: { fsckObjects: true, advertiseSID: false, credentialsInUrl: "die" },
    receive: {
      fsckObjects: true,
      maxInputSize: packBytes,
      denyDeletes: false,
      denyDeleteCurrent: "ignore",
      denyNonFastForwards: false,
      denyCurrentBranch: "ignore",
      advertisePushOptions: false,
      autogc: false,
      updateServerInfo: false,
      shallowUpdate: false,
    },
    fetch: { fsckObjects: true, recurseSubmodules: false, writeCommitGraph: false, showForcedUpdates: false },
    uploadpack: {
      allowFilter: true,
      allowTipSHA1InWant: false,
      allowReachableSHA1InWant: false,
      allowAnySHA1InWant: false,
      allowRefInWant: false,
    },
    uploadarchive: { allowUnreachable: false },
    push: { followTags: false, gpgSign: false, recurseSubmodules: "no", useForceIfIncludes: false },
    protocol: { allow: "never", version: 2 },
    'protocol "ssh"': { allow: "always" },
    'fetch "fsck"': Object.fromEntries(TOLERATED_FAULTS.map((fault) => [fault, "warn"])),
  };
  const text = Object.entries(sections).map(([name, values]) => section(name, values));
  return text.join("") + HIDDEN;
}

/** Of a mirror only branches and tags are shown, whatever else were in it. */
const HIDDEN = "[uploadpack]\n\thideRefs = refs\n\thideRefs = !refs/heads\n\thideRefs = !refs/tags\n";

function section(name: string, values: Readonly<Record<string, string | number | boolean>>): string {
  const lines = Object.entries(values).map(([key, value]) => `\t${key} = ${typeof value === "string" ? quoted(value) : value}\n`);
  return `[${name}]\n${lines.join("")}`;
}

function quoted(value: string): string {
  return `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

/** Removes what a program that was killed has left: locks that nobody holds, packs that nobody finished, quarantines. */
export function sweepRepository(path: string): void {
  removeMatching(path, (name) => name.endsWith(".lock"), false);
  removeMatching(join(path, "refs"), (name) => name.endsWith(".lock"), true);
  removeMatching(join(path, "objects"), (name) => name.startsWith("tmp_objdir-"), false);
  removeMatching(join(path, "objects/pack"), (name) => name.startsWith("tmp_") || name.endsWith(".lock"), false);
}

function removeMatching(folder: string, matches: (name: string) => boolean, recursive: boolean): void {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive })) {
    if (matches(entry.name)) rmSync(join(entry.parentPath, entry.name), { recursive: true, force: true });
  }
}
