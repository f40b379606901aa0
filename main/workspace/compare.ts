import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { OperatorError } from "#common/domain/operator-error.ts";
import { formatCount } from "./amounts.ts";
import type { BottleEntry } from "./bottle-archive.ts";
import { readBottleArchive } from "./bottle-archive.ts";
import type { ComparedPath } from "./describe-change.ts";
import { describeChange } from "./describe-change.ts";
import type { EntryState } from "./entry-state.ts";
import { sameState, stateKey } from "./entry-state.ts";
import type { HostFolder } from "./host-folder.ts";
import type { WorkspaceRecord } from "./record.ts";
import { isGitFolder, isPlainText, nameKey, refuseLink, refusePath } from "./refusals.ts";
import { TextBudget } from "./text-budget.ts";
import { MAX_TEXT_BYTES } from "./text-patch.ts";

/** Nobody reviews more; what an agent installs is named in .gitignore or .bottleignore. */
const MAX_CHANGES = 20_000;

/** How a bottle's workspace differs from the operator's folder, and what names exactly that. */
export interface Comparison {
  readonly hostPath: string;
  readonly digest: string;
  readonly changes: ReadonlyMap<string, ComparedPath>;
  /** Folders that were copied in and are gone in the bottle: empty ones go with what was in them. */
  readonly goneFolders: ReadonlySet<string>;
  readonly notes: readonly string[];
}

export interface CompareDeps {
  readonly record: WorkspaceRecord;
  readonly host: HostFolder;
  readonly folder: string;
  onProgress(entries: number, bytes: number): void;
}

/** Compares while it reads: contents of unchanged files are never held, those of changed ones until their patch is made. */
export async function compareWorkspace(deps: CompareDeps, tar: Readable, signal: AbortSignal): Promise<Comparison> {
  const pass = new ComparePass(deps);
  for await (const entry of readBottleArchive(tar, pass.options, signal)) await pass.see(entry);
  await pass.seeRemoved(signal);
  return pass.finish();
}

class ComparePass {
  readonly #deps: CompareDeps;
  readonly #changes = new Map<string, ComparedPath>();
  /** Everything the bottle told of, and what it lies in. */
  readonly #seen = new Set<string>();
  readonly #filled = new Set<string>();
  readonly #emptyFolders = new Set<string>();
  readonly #goneFolders = new Set<string>();
  readonly #budget = new TextBudget();
  #git = 0;
  #ignored = 0;
  #unnamed = 0;

  constructor(deps: CompareDeps) {
    this.#deps = deps;
  }

  get options() {
    const { folder, onProgress } = this.#deps;
    const headBytes = (path: string, size: number) => (size > MAX_TEXT_BYTES || this.#isLeftOut(path, false) ? 0 : size);
    return { folder, headBytes, onProgress };
  }

  /** History, ignored and unnameable paths are compared by nobody: they never come back. */
  #isLeftOut(path: string, isFolder: boolean): boolean {
    const { record } = this.#deps;
    if (!isPlainText(path) || path.split("/").some(isGitFolder)) return true;
    if (record.bottleIgnore.covers(path, isFolder)) return true;
    return !record.entries.has(path) && record.gitIgnore.covers(path, isFolder);
  }

  async see(entry: BottleEntry): Promise<void> {
    const { path, state } = entry;
    const first = !this.#seen.has(path);
    this.#seen.add(path);
    this.#fillParents(path);
    if (this.#isLeftOut(path, state.kind === "folder")) return this.#leaveOut(path, state);
    const recorded = this.#recorded(path);
    if (entry.refused === null && first && sameState(state, recorded)) return;
    const refused = entry.refused ?? refusePath(path) ?? (state.kind === "link" ? refuseLink(path, state.target) : null);
    if (state.kind === "folder" && refused === null && recorded === null) this.#emptyFolders.add(path);
    const host = refused === null ? await this.#deps.host.read(path, MAX_TEXT_BYTES) : NOT_READ;
    const sides = { path, recorded, bottle: state, bottleContent: wholeContent(entry), contentOf: entry.linkOf ?? path, host, refused };
    this.#keep(describeChange(sides, this.#budget));
  }

  #keep(change: ComparedPath | null): void {
    if (change === null) return;
    if (this.#changes.size >= MAX_CHANGES) throw tooManyChanges();
    this.#changes.set(change.path, change);
  }

  #recorded(path: string): EntryState | null {
    return this.#deps.record.entries.get(path) ?? null;
  }

  #leaveOut(path: string, state: EntryState): void {
    if (!isPlainText(path)) this.#unnamed += 1;
    else if (!path.split("/").some(isGitFolder)) this.#ignored += state.kind === "folder" ? 0 : 1;
    else if (!sameState(state, this.#recorded(path))) this.#git += 1;
  }

  #fillParents(path: string): void {
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
      const parent = path.slice(0, end);
      if (this.#filled.has(parent)) return;
      this.#filled.add(parent);
    }
  }

  /** What was copied in and is not there any more. A folder goes by itself with the last thing in it. */
  async seeRemoved(signal: AbortSignal): Promise<void> {
    const { record, host } = this.#deps;
    const filled = new Set<string>();
    const gone: string[] = [];
    for (const path of record.entries.keys()) {
      for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) filled.add(path.slice(0, end));
      if (!this.#seen.has(path)) gone.push(path);
    }
    for (const path of gone) {
      signal.throwIfAborted();
      const recorded = this.#recorded(path);
      if (this.#isLeftOut(path, false)) this.#leaveOut(path, { kind: "folder" });
      else if (recorded?.kind === "folder" && filled.has(path)) this.#goneFolders.add(path);
      else if (recorded !== null) {
        const sides = { path, recorded, bottle: null, bottleContent: null, contentOf: path };
        const hostNow = await host.read(path, MAX_TEXT_BYTES);
        this.#keep(describeChange({ ...sides, host: hostNow, refused: refusePath(path) }, this.#budget));
      }
    }
  }

  finish(): Comparison {
    for (const folder of this.#emptyFolders) if (this.#filled.has(folder)) this.#dropFilledFolder(folder);
    this.#refuseCollisions();
    const changes = new Map([...this.#changes].toSorted(([a], [b]) => (a < b ? -1 : 1)));
    const hostPath = this.#deps.host.path;
    return { hostPath, digest: digestOf(hostPath, changes), changes, goneFolders: this.#goneFolders, notes: this.#notes() };
  }

  /** Made on the way to what lies in it; unless something else is in its place on the host. */
  #dropFilledFolder(folder: string): void {
    if (this.#changes.get(folder)?.host === null) this.#changes.delete(folder);
  }

  /** Two names that some hosts hold to be one: the second would overwrite the first, unseen. */
  #refuseCollisions(): void {
    const added = [...this.#changes.values()].filter(
      ({ path, bottle, refused }) => refused === null && bottle !== null && this.#recorded(path) === null,
    );
    const keys = new Set(added.flatMap(({ path }) => partsOf(path).map(nameKey)));
    const spellings = new Map<string, Set<string>>();
    for (const path of [...this.#seen, ...this.#filled]) {
      const key = nameKey(path);
      if (keys.has(key)) spellings.set(key, (spellings.get(key) ?? new Set()).add(path));
    }
    for (const change of added) {
      const [other] = partsOf(change.path).flatMap((part) => [...(spellings.get(nameKey(part)) ?? [])].filter((each) => each !== part));
      if (other !== undefined) this.#changes.set(change.path, { ...change, refused: `on some systems its name is the same as ${other}` });
    }
  }

  #notes(): string[] {
    const notes: string[] = [];
    if (this.#git > 0)
      notes.push(
        `.git changed in the bottle (${formatCount(this.#git)} paths) and is never brought back: commits leave by git push, through the git-gate.`,
      );
    if (this.#ignored > 0) notes.push(`${formatCount(this.#ignored)} files that .bottleignore or .gitignore name are not compared.`);
    if (this.#unnamed > 0) notes.push(`${formatCount(this.#unnamed)} names that are not UTF-8 are not compared.`);
    return notes;
  }
}

function tooManyChanges(): OperatorError {
  return new OperatorError("unsupported", {
    message: `The bottle's workspace differs in more than ${formatCount(MAX_CHANGES)} paths`,
    hint: "Have what is generated removed in the bottle, or named in .gitignore or .bottleignore before the next start.",
  });
}

const NOT_READ = { state: null, blocked: null, mode: 0, content: null } as const;

function wholeContent({ head, state }: BottleEntry): Buffer | null {
  return head !== null && state.kind === "file" && head.length === state.size ? head : null;
}

/** The path and every folder above it. */
function partsOf(path: string): string[] {
  const parts = path.split("/");
  return parts.map((_part, index) => parts.slice(0, index + 1).join("/"));
}

function digestOf(hostPath: string, changes: ReadonlyMap<string, ComparedPath>): string {
  const digest = createHash("sha256").update(JSON.stringify(hostPath));
  for (const { path, bottle, host, refused } of changes.values())
    digest.update(`${JSON.stringify([path, stateKey(bottle), stateKey(host), refused])}\n`);
  return digest.digest("hex");
}
