// @ts-check
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * @typedef {object} SourceFile
 * @property {string} path relative to the root
 * @property {number} size
 * @property {number} mtimeMs
 */

/** What a build is made of: everything else (tests, docs) may change without a rebuild. */
const buildInputs = ["common", "main", "preload", "renderer", "sidecars", "package-lock.json", "vite.config.ts", "tsconfig.base.json"];

/** Scripts that run before a build, and build output of others, are no input of it. */
const excluded = new Set(["main/setup", "node_modules"]);

/**
 * Every file a build reads, sorted by path. Stat-level only, so that it can run before each command.
 * @param {string} root
 * @returns {SourceFile[]}
 */
export function sourceFiles(root) {
  /** @type {SourceFile[]} */
  const found = [];
  for (const input of buildInputs) walk(root, input, found);
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * @param {string} root
 * @param {string} path
 * @param {SourceFile[]} found
 */
function walk(root, path, found) {
  if (excluded.has(path)) return;
  const stat = statSync(join(root, path), { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isDirectory()) {
    found.push({ path, size: stat.size, mtimeMs: stat.mtimeMs });
    return;
  }
  for (const name of readdirSync(join(root, path))) walk(root, `${path}/${name}`, found);
}

/**
 * Changes whenever a file is touched; says nothing about content.
 * @param {readonly SourceFile[]} files
 */
export function stampOf(files) {
  const hash = createHash("sha256");
  for (const file of files) hash.update(`${file.path}\0${file.size}\0${file.mtimeMs}\n`);
  return hash.digest("hex").slice(0, 16);
}

/**
 * The build id: the same sources give the same id on every machine.
 * @param {string} root
 * @param {readonly SourceFile[]} [files]
 */
export function contentHash(root, files = sourceFiles(root)) {
  const hash = createHash("sha256");
  for (const file of files)
    hash
      .update(`${file.path}\0`)
      .update(readFileSync(join(root, file.path)))
      .update("\0");
  return hash.digest("hex").slice(0, 16);
}
