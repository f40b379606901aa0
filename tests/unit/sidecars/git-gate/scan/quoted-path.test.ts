import { describe, expect, test } from "vitest";
import { pathText, unquotePath } from "../../../../../sidecars/git-gate/scan/quoted-path.ts";

/** GIT-3: a file's name is read exactly as git wrote it. */

describe("paths in a diff", () => {
  const known: readonly [string, Buffer][] = [
    ["plain name.txt", Buffer.from("plain name.txt")],
    ['"line\\nfeed \\"quoted\\" \\\\ back\\ttab"', Buffer.from('line\nfeed "quoted" \\ back\ttab')],
    ['"\\303\\274ml\\303\\244ut"', Buffer.from("ümläut")],
    ['"\\377"', Buffer.from([0xff])],
    ['"\\033[2J\\a"', Buffer.from("\u001b[2J\u0007")],
  ];

  test.each(known)("%s", (written, path) => {
    expect(unquotePath(written)).toEqual(path);
  });

  test.each(['"', '"open', '"bad \\q"', '"cut \\3"', '"end \\"'])("%s is refused", (written) => {
    expect(() => unquotePath(written)).toThrow(RangeError);
  });

  test("bytes that are no text are replaced where people read them, and nothing of a name is left out", () => {
    expect(pathText(Buffer.from([0x61, 0xff]))).toBe("a\ufffd");
    expect(pathText(Buffer.alloc(9000, "x"))).toHaveLength(9000);
  });
});
