import type { ObjectId } from "#common/domain/git.ts";
import type { GitReader } from "./git-reader.ts";
import { KNOWN } from "./git-reader.ts";
import { LinePieces } from "./line-pieces.ts";
import type { PushText } from "./push-text.ts";
import { pathText, unquotePath } from "./quoted-path.ts";
import { ScanError } from "./scan-limits.ts";

/**
 * Every name that a commit has and none of its parents. A patch leaves some out, which are sent upstream all the same: those of empty
 * folders, and those that a merge gives to files it takes over unchanged.
 */
const NAMES = [
  ...["log", "--stdin", "--format=commit %H", "--raw", "-t", "-c", "--no-renames", "--no-abbrev", "--no-color"],
  ...["--no-relative", "--ignore-submodules=none", "-O/dev/null"],
];
const MAX_LINE = 64 * 1024;
const EMPTY_FOLDERS = ["4b825dc642cb6eb9a060e54bf8d69288fbee4904", "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"];

/** Hands the names of files and empty folders on to the scanner; the other folders are in those. */
export async function readNames(git: GitReader, tips: readonly ObjectId[], text: PushText): Promise<void> {
  const pieces = new LinePieces();
  let commit: ObjectId | null = null;
  let line = "";
  await git.read([...NAMES, ...KNOWN], tips, async (chunk) => {
    for (const { bytes, last } of pieces.push(chunk)) {
      line += bytes.toString("latin1");
      if (line.length > MAX_LINE) throw new ScanError("the push holds a name that is too long");
      if (!last) continue;
      if (line.startsWith("commit ")) commit = line.slice("commit ".length);
      const name = newName(line);
      if (name !== null) text.add({ commit, place: "file", path: pathText(name), before: false }, 0, name);
      line = "";
    }
    await text.drained();
  });
}

/** `:<modes> <ids> A<tab><name>`, of a merge with one more mode, id and letter for each parent. */
function newName(line: string): Buffer | null {
  if (line === "" || line.startsWith("commit ")) return null;
  const [, mode, id = "", written] = /^:+(?:[0-7]+ )+([0-7]+) (?:[0-9a-f]+ )+([0-9a-f]+) [A-Z]+\t(.+)$/s.exec(line) ?? [];
  if (written === undefined) throw new ScanError("git's answer holds a name that is not understood");
  if (!/^:[^\t]* A+\t/.test(line) || (mode === "040000" && !EMPTY_FOLDERS.includes(id))) return null;
  try {
    return unquotePath(written);
  } catch {
    throw new ScanError("git's answer holds a path that is not understood");
  }
}
