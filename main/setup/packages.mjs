// @ts-check
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pinnedNode, readJson, root } from "./checkout.mjs";
import { npm, SetupError } from "./run.mjs";

/** @typedef {import("./complete-lockfile.mjs").Lockfile} Lockfile */

/** Makes node_modules what the lock file says, and does nothing when it is that already. */
export async function ensurePackages() {
  if (packagesAreCurrent()) return;
  console.error("Installing the packages of package-lock.json …");
  const code = await npm("ci", "--no-audit", "--no-fund", "--loglevel=error");
  if (code !== 0) throw new SetupError("npm ci failed; see above. It needs npm 10 or later and a package registry it can reach.");
}

export function packagesAreCurrent() {
  if (!existsSync(pinnedNode) || !existsSync(join(root, "node_modules/.package-lock.json"))) return false;
  const wanted = /** @type {Lockfile} */ (readJson("package-lock.json"));
  const installed = /** @type {Lockfile} */ (readJson("node_modules/.package-lock.json"));
  return Object.entries(wanted.packages).every(
    ([path, { version, optional }]) => path === "" || optional === true || installed.packages[path]?.version === version,
  );
}
