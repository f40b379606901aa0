import { lstat, open } from "node:fs/promises";
import { posix } from "node:path";
import { OperatorError } from "#common/domain/operator-error.ts";
import { formatBytes, formatCount } from "./amounts.ts";
import { gitWarnings } from "./git-folder.ts";
import { inOrder } from "./in-order.ts";
import { OPEN_FLAGS } from "./open-small.ts";
import type { FoundEntry, Walk } from "./walk.ts";
import { errorCode, pathOf, walkFolder } from "./walk.ts";

/** What a copy of a folder would be, told before the start (BTL-1). */
export interface WorkspaceSurvey {
  /** Null where counting was not finished in time. */
  readonly files: number | null;
  readonly bytes: number;
  readonly warnings: readonly string[];
  readonly problems: readonly string[];
}

/** A preflight is waited for; a folder that takes longer is told to be large. */
const SURVEY_MS = 2500;
const WIDTH = 64;
const MANY_FILES = 20_000;
const MANY_BYTES = 500 * 1024 * 1024;
/** Folders that are made by tools and made again in the bottle. */
const GENERATED = new Set(
  "node_modules .venv venv __pycache__ target build dist out .next .nuxt .cache .gradle .terraform .tox .mypy_cache vendor Pods coverage".split(
    " ",
  ),
);

export async function surveyWorkspace(root: string, now: () => number, signal: AbortSignal): Promise<WorkspaceSurvey> {
  const walk = walkFolder(root);
  const count = new Weights();
  const { complete, problem } = await weighAll(root, walk, count, now() + SURVEY_MS, now, signal);
  return {
    files: complete ? count.files : null,
    bytes: count.bytes,
    warnings: [...count.warnings(complete), ...unusableRules(walk.bottleIgnore.unusable), ...(await gitWarnings(root))],
    problems: [...count.problems(), ...(problem === null ? [] : [problem])],
  };
}

/** Ends early where time is up, or where a folder cannot be read, which a start would stumble over too. */
async function weighAll(root: string, walk: Walk, count: Weights, until: number, now: () => number, signal: AbortSignal) {
  try {
    for await (const weighed of inOrder(walk.entries(signal), WIDTH, (found) => weigh(root, found))) {
      count.add(weighed);
      if (now() >= until) return { complete: false, problem: null };
    }
    return { complete: true, problem: null };
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return { complete: false, problem: `${error.message}. ${error.hint}` };
  }
}

interface Weighed {
  readonly found: FoundEntry;
  readonly bytes: number;
  readonly readable: boolean;
}

async function weigh(root: string, found: FoundEntry): Promise<Weighed> {
  if (found.kind !== "file") return { found, bytes: 0, readable: true };
  const path = pathOf(root, found.path);
  const stat = await lstat(path).catch(() => null);
  if (stat === null) return { found, bytes: 0, readable: true };
  return { found, bytes: stat.size, readable: (stat.mode & 0o004) !== 0 || (await canOpen(path)) };
}

/** Asked of the system itself, which also knows of owners, groups and access lists. */
async function canOpen(path: Buffer): Promise<boolean> {
  try {
    await (await open(path, OPEN_FLAGS)).close();
    return true;
  } catch (error) {
    return !["EACCES", "EPERM"].includes(errorCode(error));
  }
}

/** How much there is, and where most of it lies. */
class Weights {
  files = 0;
  bytes = 0;
  readonly #unreadable: string[] = [];
  readonly #byFolder = new Map<string, { files: number; bytes: number }>();

  add({ found, bytes, readable }: Weighed): void {
    if (!readable) this.#unreadable.push(found.name);
    if (found.kind !== "file") return;
    this.files += 1;
    this.bytes += bytes;
    const folder = heavyFolder(found.name);
    if (folder === null) return;
    const known = this.#byFolder.get(folder) ?? { files: 0, bytes: 0 };
    this.#byFolder.set(folder, { files: known.files + 1, bytes: known.bytes + bytes });
  }

  warnings(complete: boolean): string[] {
    if (this.files < MANY_FILES && this.bytes < MANY_BYTES && complete) return [];
    const amount = `${formatCount(this.files)} files, ${formatBytes(this.bytes)}`;
    const total = complete ? `The workspace is large (${amount})` : `The workspace is large (more than ${amount}; counting was cut short)`;
    const [heaviest] = [...this.#byFolder].toSorted(([, a], [, b]) => b.bytes + b.files * 4096 - (a.bytes + a.files * 4096));
    if (heaviest === undefined) return [`${total}: name what the agent does not need in .bottleignore`];
    const [folder, { files, bytes }] = heaviest;
    const share = `${formatCount(files)} files, ${formatBytes(bytes)}`;
    return [`${total}, much of it in ${folder} (${share}): a line "${folder}/" in .bottleignore leaves it out`];
  }

  problems(): string[] {
    if (this.#unreadable.length === 0) return [];
    const shown = this.#unreadable.slice(0, 3).join(", ");
    const more = this.#unreadable.length > 3 ? ` and ${formatCount(this.#unreadable.length - 3)} more` : "";
    return [`Not readable in the workspace: ${shown}${more}. Make it readable, or leave it out with a line in .bottleignore`];
  }
}

/** The generated folder a file lies in, wherever that is, else the topmost folder; `.git` is not one to leave out. */
function heavyFolder(name: string): string | null {
  const folders = posix.dirname(name).split("/");
  const generated = folders.find((each) => GENERATED.has(each));
  if (generated !== undefined) return generated;
  const [top] = folders;
  return top === undefined || top === "." || top === ".git" ? null : top;
}

function unusableRules(lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  return [
    `.bottleignore: ${lines.length === 1 ? "a line is" : `${lines.length} lines are`} not followed (too long, more than four stars, or wrong): ${lines[0]}`,
  ];
}
