import type { ObjectId } from "#common/domain/git.ts";
import type { RunningChild } from "./child-process.ts";
import { startChild } from "./child-process.ts";
import { ScanError } from "./scan-limits.ts";

/** A blob above this is read as a stream and never as lines of a diff: memory stays flat, and its whole is scanned. */
export const BIG_FILE = "4m";

/**
 * The settings that a walk's output depends on, whatever the mirror's configuration says. Attributes that a push brings
 * along may hide a file from the diff; such a file is scanned whole (`patch-reader.ts`).
 */
const SETTINGS = [
  `core.bigFileThreshold=${BIG_FILE}`,
  "core.packedGitWindowSize=16m",
  "core.packedGitLimit=128m",
  "core.quotePath=true",
  "diff.renameLimit=4000",
  "diff.suppressBlankEmpty=false",
  "diff.interHunkContext=0",
  "log.showSignature=false",
  "log.showRoot=true",
].flatMap((setting) => ["-c", setting]);

/** How a diff is to be written: in the one form that the readers know. */
export const DIFF_FORM = [
  ...["--no-ext-diff", "--no-textconv", "--no-color", "--full-index", "--no-abbrev", "--find-renames", "--diff-algorithm=myers"],
  ...["--src-prefix=a/", "--dst-prefix=b/", "--submodule=short", "--no-relative", "--ignore-submodules=none", "-O/dev/null"],
];

/**
 * What the mirror has, told by the refs it took over from upstream and no others: a ref of the gate's own, as of a push that is
 * held, must not make its commits pass for known ones.
 */
export const KNOWN = ["--not", "--branches", "--tags"];
/** More files than `diff.renameLimit` are shown as removed and added: more is scanned then, not less. */
const RENAMES_NOT_SOUGHT =
  /^warning: (?:(?:exhaustive|inexact) rename detection was skipped due to too many files|you may want to set your diff\.renameLimit variable to at least \d+)/;

/** Git in one mirror, reading only. */
export class GitReader {
  readonly #gitDir: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #signal: AbortSignal;

  constructor(repo: { readonly gitDir: string; readonly env: Readonly<Record<string, string>> }, signal: AbortSignal) {
    this.#gitDir = repo.gitDir;
    this.#env = { ...repo.env, LC_ALL: "C", GIT_NO_REPLACE_OBJECTS: "1", GIT_ATTR_NOSYSTEM: "1", GIT_OPTIONAL_LOCKS: "0" };
    this.#signal = signal;
  }

  start(...args: readonly string[]): RunningChild {
    const argv = ["--no-pager", `--git-dir=${this.#gitDir}`, ...SETTINGS, ...args];
    return startChild({ command: "git", args: argv, env: this.#env, cwd: this.#gitDir }, this.#signal);
  }

  /** What it says, as one text; for answers of a few lines. */
  async ask(args: readonly string[], input: readonly string[] = []): Promise<string> {
    const chunks: Buffer[] = [];
    await this.read(args, input, (chunk) => void chunks.push(chunk));
    return Buffer.concat(chunks).toString("utf8").trim();
  }

  /** Reads its answer as it comes, to an end that is a success and without complaint. */
  async read(args: readonly string[], input: readonly string[], take: (chunk: Buffer) => Promise<void> | void): Promise<void> {
    const child = this.start(...args);
    child.stdin.end(input.map((line) => `${line}\n`).join(""));
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) await take(chunk);
    const { code } = await child.exit;
    // A walk that ended in any other way may have left something out.
    if (code !== 0 || child.complained(RENAMES_NOT_SOUGHT)) throw new ScanError("git could not read what was pushed");
  }
}

export const isZero = (id: ObjectId): boolean => /^0+$/.test(id);
