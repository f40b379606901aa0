import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { contentHash, sourceFiles, stampOf } from "../../../main/setup/tree-hash.mjs";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "bot-bottle-tree-"));
  for (const folder of ["common", "main/setup", "tests"]) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, "common/a.ts"), "one");
});

afterEach(() => rmSync(root, { recursive: true }));

describe("what a build is made of", () => {
  test("tests and set-up scripts do not make it stale", () => {
    const before = contentHash(root);
    writeFileSync(join(root, "tests/a.test.ts"), "");
    writeFileSync(join(root, "main/setup/a.mjs"), "");
    expect(contentHash(root)).toBe(before);
  });

  test("content, not time, makes the build id", () => {
    const before = { id: contentHash(root), stamp: stampOf(sourceFiles(root)) };
    utimesSync(join(root, "common/a.ts"), 1, 1);
    expect(contentHash(root)).toBe(before.id);
    expect(stampOf(sourceFiles(root))).not.toBe(before.stamp);
  });

  test("a renamed file is another product", () => {
    const before = contentHash(root);
    writeFileSync(join(root, "common/b.ts"), "one");
    rmSync(join(root, "common/a.ts"));
    expect(contentHash(root)).not.toBe(before);
  });
});
