import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { archiveEndings } from "../../../../../sidecars/git-gate/scan/archive-kind.ts";

/** GIT-3: an archive is told by what it begins with; its name may say anything. */

const kinds: readonly [string, Buffer, readonly string[]][] = [
  ["zip", Buffer.from("PK\x03\x04rest"), [".zip"]],
  ["an empty zip", Buffer.from("PK\x05\x06"), [".zip"]],
  ["gzip", gzipSync("x"), [".tar.gz", ".gz"]],
  ["tar", Buffer.concat([Buffer.alloc(257, "a"), Buffer.from("ustar\0")]), [".tar"]],
  ["bzip2", Buffer.from("BZh91AY"), [".tar.bz2", ".bz2"]],
  ["xz", Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), [".tar.xz", ".xz"]],
  ["zstandard", Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1]), [".tar.zst", ".zst"]],
  ["7-zip", Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]), [".7z"]],
  ["text", Buffer.from("text"), []],
  ["nothing", Buffer.alloc(0), []],
];

test.each(kinds)("%s", (_, head, endings) => {
  expect(archiveEndings(head, "picture.png")).toEqual(endings);
});

test("brotli has no mark and goes by its name", () => {
  expect(archiveEndings(Buffer.from([1, 2]), "data.BR")).toEqual([".tar.br", ".br"]);
  expect(archiveEndings(Buffer.from([1, 2]), null)).toEqual([]);
});
