import { describe, expect, test } from "vitest";
import type { PatchEvent } from "../../../../../sidecars/git-gate/scan/patch-reader.ts";
import { PatchReader } from "../../../../../sidecars/git-gate/scan/patch-reader.ts";
import { ScanError } from "../../../../../sidecars/git-gate/scan/scan-limits.ts";

/** GIT-3: git's answer is read by its own counts; whatever is not understood refuses the push. */

const A = "a".repeat(40);
const B = "b".repeat(40);
const ZERO = "0".repeat(40);

function read(text: string, size = 7): PatchEvent[] {
  const reader = new PatchReader();
  const bytes = Buffer.from(text);
  const events: PatchEvent[] = [];
  for (let at = 0; at < bytes.length; at += size) events.push(...reader.push(Buffer.from(bytes.subarray(at, at + size))));
  return [...events, ...reader.end()];
}

function added(text: string): string[] {
  return read(text).flatMap((event) => (event.kind === "line" && event.sign === "+" ? [`${event.line} ${event.piece.bytes}`] : []));
}

function files(text: string) {
  return read(text).flatMap((event) => (event.kind === "file" ? [event.file] : []));
}

const header = (path: string) => `diff --git a/${path} b/${path}\nindex ${A}..${B} 100644\n--- a/${path}\n+++ b/${path}\n`;

describe("ordinary patches", () => {
  test("commits, files, and added lines with their numbers", () => {
    const patch = `commit ${A}\n\n${header("a.txt")}@@ -1,2 +1,3 @@ heading\n same\n-old\n+new\n+more\n@@ -9 +10 @@\n-x\n+y\n\\ No newline at end of file\n`;
    expect(read(patch)[0]).toEqual({ kind: "commit", id: A });
    expect(files(patch)).toEqual([{ path: "a.txt", oldPath: null, change: "changed", newId: B, oldIds: [A] }]);
    expect(added(patch)).toEqual(["2 new", "3 more", "10 y"]);
  });

  test("renames, modes, additions and removals", () => {
    const patch = [
      "diff --git a/old name b/new name\nsimilarity index 100%\nrename from old name\nrename to new name\n",
      "diff --git a/run b/run\nold mode 100644\nnew mode 100755\n",
      `diff --git a/n b/n\nnew file mode 100644\nindex ${ZERO}..${B}\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+x\n`,
      `diff --git a/g b/g\ndeleted file mode 100644\nindex ${A}..${ZERO}\n`,
    ].join("");
    expect(files(patch)).toEqual([
      { path: "new name", oldPath: "old name", change: "renamed", newId: null, oldIds: [] },
      { path: "run", oldPath: null, change: "changed", newId: null, mode: "100755", oldIds: [] },
      { path: "n", oldPath: null, change: "added", newId: B, mode: "100644", oldIds: [] },
      { path: "g", oldPath: null, change: "removed", newId: null, oldIds: [A] },
    ]);
  });

  test("a file that is not shown is told as such, in both forms", () => {
    const patch = `diff --git a/x.bin b/x.bin\nindex ${A}..${B} 100644\nBinary files a/x.bin and b/x.bin differ\n:000000 100644 ${ZERO} ${B} A\tbig file\n`;
    expect(read(patch).map(({ kind }) => kind)).toEqual(["file", "unshown", "file", "unshown"]);
    expect(files(patch)[1]).toEqual({ path: "big file", oldPath: null, change: "added", newId: B, oldIds: [], mode: "100644" });
  });

  test("of a merge, only lines that no parent has are new", () => {
    const patch = `diff --cc m.txt\nindex ${A},${B}..${A}\n--- a/m.txt\n+++ b/m.txt\n@@@ -1,3 -1,3 +1,4 @@@\n  both\n+ first lacks\n +second lacks\n++nobody had\n- gone\n -gone too\n`;
    expect(added(patch)).toEqual(["4 nobody had"]);
    expect(files(patch)[0]).toMatchObject({ oldIds: [A, B], newId: A });
  });

  test("what looks like git's own words inside a file is content, however it is cut", () => {
    const content = ["diff --git a/x b/x", "@@ -1 +1 @@", "commit x", "Binary files a and b differ", "++ b/x", "-- a/x"];
    const patch = `${header("a.txt")}@@ -0,0 +1,${content.length} @@\n${content.map((line) => `+${line}\n`).join("")}`;
    for (const size of [1, 3, 1000]) expect(read(patch, size).filter(({ kind }) => kind === "line")).toHaveLength(content.length);
    expect(files(patch)).toHaveLength(1);
  });
});

describe("what is not understood", () => {
  const bad: Readonly<Record<string, string>> = {
    "an unknown line": "something\n",
    "a line of a header without one": "+++ b/x\n",
    "an end in the middle of a hunk": `${header("a")}@@ -1,2 +1,2 @@\n same\n`,
    "more lines than announced on one side": `${header("a")}@@ -1,2 +1,1 @@\n+x\n+y\n`,
    "a line without its sign": `${header("a")}@@ -0,0 +1,2 @@\n+x\nplain\n`,
    "a hunk of no known form": `${header("a")}@@ what @@\n`,
    "a merge's hunk with too few sides": `${header("a")}@@@ -1 +1 @@@\n`,
    "a path with an open quote": 'diff --git "a/x b/x\nnew file mode 100644\n',
    "a raw line of no addition": `:100644 100644 ${A} ${B} M\tx\n`,
    "a header line without end": `diff --git a/${"x".repeat(70_000)}`,
  };

  test.each(Object.entries(bad))("%s refuses", (_, patch) => {
    expect(() => read(patch, 1000)).toThrow(ScanError);
  });
});
