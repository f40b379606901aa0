// @ts-check
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "../..");
export const cache = join(root, ".cache");
export const dist = join(root, "dist");

const windows = process.platform === "win32";

/** The Node that package.json pins (D2); every program of ours runs on it, whatever the system has. */
export const pinnedNode = join(root, "node_modules", "node", "bin", windows ? "node.exe" : "node");

/**
 * A program's script, to be run by the pinned Node.
 * @param {string} packagePath inside node_modules
 */
export function scriptOf(packagePath) {
  return join(root, "node_modules", packagePath);
}

/** The operator's own search path: npm puts ours in front, and what is there may be about to be replaced. */
export function systemPath() {
  const own = join(root, "node_modules");
  return (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => !folder.startsWith(own))
    .join(delimiter);
}

/**
 * Where the system has a command; found by looking, not by running it.
 * @param {string} command
 * @returns {string | undefined}
 */
export function whereIs(command) {
  const name = windows ? `${command}.exe` : command;
  const folders = [...systemPath().split(delimiter), ...(windows ? [] : ["/usr/local/sbin", "/usr/sbin", "/sbin"])];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** A clone of the repository, as opposed to an installed copy that has no sources. */
export function isCheckout() {
  return existsSync(join(root, "vite.config.ts"));
}

/**
 * @param {string} path inside the repository
 * @returns {unknown}
 */
export function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), "utf8"));
}
