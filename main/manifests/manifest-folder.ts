import type { BigIntStats, Dirent } from "node:fs";
import { lstatSync, realpathSync, statSync } from "node:fs";
import { readdir, realpath } from "node:fs/promises";
import { sep } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { ManifestName } from "#common/domain/names.ts";
import type { ParsedManifest, ParseText } from "#common/manifest/parse-manifest.ts";
import type { Checked, Problem } from "#common/manifest/problem.ts";
import { failed, problemAt, START_OF_FILE } from "#common/manifest/problem.ts";
import type { FileText } from "./file-text-reader.ts";
import { errorCode, FileTextReader } from "./file-text-reader.ts";

/** A file whose name is that of a manifest: what it says, or what is wrong with it. */
export interface ManifestEntry<T> {
  readonly name: string;
  readonly file: string;
  /** The name is a link: the file itself may be anywhere. */
  readonly linked: boolean;
  readonly manifest: Checked<ParsedManifest<T>>;
}

/** What a folder holds, by name, and what is wrong with others of its files or with itself. */
export interface FolderContent<T> {
  readonly entries: readonly ManifestEntry<T>[];
  readonly errors: readonly PlacedAt[];
  readonly warnings: readonly PlacedAt[];
}

type PlacedAt = Problem & { readonly file: string };

interface Known<T> extends FileText {
  readonly entry: ManifestEntry<T>;
  /** When its text was read, in the clock that files are stamped with. */
  readonly readAt: number;
}

interface FolderLimits {
  readonly files: number;
  /** Of all texts together, which stay in memory. */
  readonly mebibytes: number;
}

const OWN_LIMITS: FolderLimits = { files: 10_000, mebibytes: 256 };
/** A repository must not be able to fill the memory of the panel: ten thousand links to one large file cost it nothing. */
const WORKSPACE_LIMITS: FolderLimits = { files: 1000, mebibytes: 8 };
/** Longer than this nothing else waits for a folder of many files. */
const TURN_MS = 8;
/** Two changes within the grain of a file system's time stamps look like one, so younger files are read again and compared. */
const GRAIN_MS = 2000;

/**
 * `*.md` of one folder (MAN-1, MAN-2); a missing one is empty. Files that are as they were are not read again, and what says
 * the same as before is not parsed again. With `within`, what really lies outside of it is refused: a cloned repository could
 * otherwise link its agent's prompt to a private key of the operator.
 */
export class ManifestFolder<T> {
  readonly #folder: string;
  readonly #parse: ParseText<T>;
  readonly #within: string | null;
  readonly #limits: FolderLimits;
  readonly #files = new FileTextReader();
  #known = new Map<string, Known<T>>();

  constructor(folder: string, parse: ParseText<T>, within: string | null = null) {
    this.#folder = folder;
    this.#parse = parse;
    this.#within = within;
    this.#limits = within === null ? OWN_LIMITS : WORKSPACE_LIMITS;
  }

  async read(): Promise<FolderContent<T>> {
    const listed = await this.#list();
    if (!Array.isArray(listed)) return { entries: [], errors: listed.errors, warnings: [] };
    const known = new Map<string, Known<T>>();
    const warnings: PlacedAt[] = [];
    const { files, mebibytes } = this.#limits;
    const errors = listed.length > files ? [at(this.#folder, `the folder holds ${listed.length} manifests; ${files} are read`)] : [];
    let left = mebibytes * 1024 * 1024;
    let turnStarted = performance.now();
    for (const dirent of listed.slice(0, files)) {
      const name = dirent.name.slice(0, -".md".length);
      const fault = nameFault(name, dirent.name);
      const entry = fault !== null ? null : left > 0 ? this.#look(name, dirent) : this.#tooMuch(name, dirent, mebibytes);
      if (entry?.text.ok) left -= entry.text.value.length;
      if (entry !== null) known.set(name, entry);
      if (fault !== null) warnings.push(at(`${this.#folder}${sep}${dirent.name}`, `skipped: ${fault}`));
      if (performance.now() - turnStarted > TURN_MS) {
        await nextTurn();
        turnStarted = performance.now();
      }
    }
    this.#known = known;
    return { entries: [...known.values()].map(({ entry }) => entry), errors, warnings };
  }

  async #list(): Promise<Dirent[] | { readonly errors: readonly PlacedAt[] }> {
    try {
      const dirents = await readdir(this.#folder, { withFileTypes: true });
      if (this.#within !== null && !(await isInside(this.#folder, this.#within))) {
        return { errors: [at(this.#folder, "the folder is a link that leads out of the workspace; it is not read")] };
      }
      return dirents.filter(({ name }) => /\.md$/i.test(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      if (errorCode(error) === "ENOENT") return [];
      return { errors: [at(this.#folder, `the folder cannot be read (${errorCode(error)})`)] };
    }
  }

  #look(name: string, dirent: Dirent): Known<T> | null {
    const file = `${this.#folder}${sep}${dirent.name}`;
    const known = this.#known.get(name);
    const linked = dirent.isSymbolicLink();
    const real = this.#within !== null && linked ? realPathOf(file) : file;
    if (this.#within !== null && real !== file && !isBelow(real, realPathOf(this.#within))) {
      return refused(name, file, "the file is a link that leads out of the workspace; it is not read");
    }
    // Of a workspace only what was just found to be inside is read; the name may have become a link since.
    const follow = this.#within === null;
    if (known !== undefined && isUnchanged(known, real, follow)) return known;
    const readAt = Date.now();
    const read = this.#files.read(real, follow);
    if (read === null) return null;
    if (known !== undefined && saysTheSame(known.text, read.text)) return { ...read, readAt, entry: { ...known.entry, linked } };
    const manifest = read.text.ok ? this.#parse(read.text.value) : read.text;
    return { ...read, readAt, entry: { name, file, linked, manifest } };
  }

  #tooMuch(name: string, dirent: Dirent, mebibytes: number): Known<T> {
    const message = `not read: the manifests before it in this folder have ${mebibytes} MiB already`;
    return refused(name, `${this.#folder}${sep}${dirent.name}`, message);
  }
}

/** Why a file's name is not that of a manifest, or null (MAN-2). */
function nameFault(name: string, fileName: string): string | null {
  if (!fileName.endsWith(".md")) return "the name of a manifest must end in .md, in small letters";
  return ManifestName.safeParse(name).success ? null : "the name of a manifest must start with a-z and hold only a-z, 0-9 and -";
}

function refused<T>(name: string, file: string, message: string): Known<T> {
  const text = failed(problemAt(START_OF_FILE, message));
  return { stats: null, text, readAt: 0, entry: { name, file, linked: true, manifest: text } };
}

function isUnchanged({ stats, readAt }: Known<unknown>, file: string, follow: boolean): boolean {
  if (stats === null) return false;
  const now = stateOf(file, follow);
  if (now === null || !isSameState(stats, now)) return false;
  return readAt - Math.max(Number(now.ctimeMs), Number(now.mtimeMs)) > GRAIN_MS;
}

function stateOf(file: string, follow: boolean): BigIntStats | null {
  try {
    return (follow ? statSync : lstatSync)(file, { bigint: true });
  } catch {
    return null;
  }
}

function isSameState(a: BigIntStats, b: BigIntStats): boolean {
  return a.dev === b.dev && a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs;
}

function saysTheSame(a: Checked<string>, b: Checked<string>): boolean {
  return a.ok && b.ok && a.value === b.value;
}

/** The path itself where it leads nowhere: what is wrong with it is found out by opening it. */
function realPathOf(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

async function isInside(path: string, folder: string): Promise<boolean> {
  const [realPath, realFolder] = await Promise.all([realpath(path), realpath(folder)]);
  return isBelow(realPath, realFolder);
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}

function at(file: string, message: string): PlacedAt {
  return { file, ...problemAt(START_OF_FILE, message) };
}
