import type { ObjectId } from "#common/domain/git.ts";
import { PushFile } from "#common/domain/git.ts";
import { pathText, unquotePath } from "./quoted-path.ts";

/** One file of a commit's diff, as its header tells. */
export interface PatchFile {
  readonly path: string;
  /** Where it was before, when it was renamed. */
  readonly oldPath: string | null;
  readonly change: "added" | "changed" | "removed" | "renamed";
  /** Null where the content is unchanged. */
  readonly newId: ObjectId | null;
  /** Where it is new or has changed. */
  readonly mode?: PushFile["mode"];
  /** Of each parent that has the file. */
  readonly oldIds: readonly ObjectId[];
}

/** Reads the lines between `diff` and the first hunk. */
export class PatchFileHeader {
  #path: string | null;
  #oldPath: string | null = null;
  #change: PatchFile["change"] = "changed";
  #newId: ObjectId | null = null;
  #mode: PushFile["mode"];
  #oldIds: readonly ObjectId[] = [];

  constructor(diffLine: string) {
    this.#path = pathOfDiffLine(diffLine);
  }

  /** False for a line that no header has. */
  read(line: string): boolean {
    const [, key = "", rest = ""] = KNOWN.exec(line) ?? [];
    if (key === "") return false;
    if (key === "index ") this.#readIds(rest);
    else if (key === "rename to " || key === "copy to ") this.#path = pathText(unquotePath(rest));
    else if (key === "rename from ") this.#rename(rest);
    else if (key === "new file mode ") this.#add(rest);
    else if (key === "new mode " || key === "mode ") this.#readMode(rest);
    else if (key === "deleted file mode ") this.#change = "removed";
    else if (key === "+++ ") this.#readNewPath(rest);
    return true;
  }

  get file(): PatchFile {
    if (this.#path === null) throw new RangeError("a file of the diff has no path");
    return { path: this.#path, oldPath: this.#oldPath, change: this.#change, newId: this.#newId, oldIds: this.#oldIds, mode: this.#mode };
  }

  #add(mode: string): void {
    this.#change = "added";
    this.#readMode(mode);
  }

  /** `<mode>`, or of a merge `<mode>,<mode>..<mode>`. */
  #readMode(text: string): void {
    const [, mode = text] = /\.\.(\d+)$/.exec(text) ?? [];
    this.#mode = Mode.safeParse(mode).data;
  }

  #rename(from: string): void {
    this.#change = "renamed";
    this.#oldPath = pathText(unquotePath(from));
  }

  #readIds(rest: string): void {
    const [, olds = "", id = ""] = /^([0-9a-f,]+)\.\.([0-9a-f]+)/.exec(rest) ?? [];
    const present = (candidate: string) => candidate !== "" && !/^0+$/.test(candidate);
    this.#oldIds = olds.split(",").filter(present);
    this.#newId = present(id) ? id : null;
  }

  #readNewPath(rest: string): void {
    // Git ends a name that holds a space with a tab, and quotes one that holds a tab.
    const written = rest.endsWith("\t") ? rest.slice(0, -1) : rest;
    if (written !== "/dev/null") this.#path = pathText(unquotePath(written).subarray(2));
  }
}

/** An added file in git's raw form, which names the content instead of showing it. */
export function readAddedFile(line: string): PatchFile {
  const [, mode, newId, path = ""] = /^:0+ ([0-7]+) 0+ ([0-9a-f]+) A\t(.+)$/s.exec(line) ?? [];
  if (newId === undefined) throw new RangeError("a line of the raw form that is none");
  return { path: pathText(unquotePath(path)), oldPath: null, change: "added", newId, oldIds: [], mode: Mode.safeParse(mode).data };
}

const Mode = PushFile.shape.mode;

const KNOWN =
  /^(index |rename to |rename from |copy to |copy from |new file mode |deleted file mode |old mode |new mode |mode |similarity index |dissimilarity index |--- |\+\+\+ )(.*)$/s;

/** Null where the line alone does not tell, as in a rename: the lines that follow do. */
function pathOfDiffLine(line: string): string | null {
  const combined = /^diff --(?:cc|combined) (.*)$/s.exec(line)?.[1];
  if (combined !== undefined) return pathText(unquotePath(combined));
  const both = line.slice("diff --git ".length);
  const half = both.slice(0, (both.length - 1) / 2);
  const [a, b] = [half, both.slice(half.length + 1)].map((side) => unquotePath(side.startsWith('"') === side.endsWith('"') ? side : ""));
  if (a === undefined || b === undefined || !a.subarray(2).equals(b.subarray(2))) return null;
  return pathText(b.subarray(2));
}
