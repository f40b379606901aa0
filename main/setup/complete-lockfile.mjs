// @ts-check
// Run after dependencies change (`npm run lock`). A registry mirror may hold only the platforms in use; npm then leaves the others' packages
// out of the lock file, and `npm ci` refuses that file. What is missing is written in from its parent's own declaration.
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * @typedef {object} LockedPackage
 * @property {string} [version]
 * @property {boolean} [dev]
 * @property {boolean} [optional]
 * @property {string[]} [os]
 * @property {string[]} [cpu]
 * @property {string[]} [libc]
 * @property {Record<string, string>} [optionalDependencies]
 *
 * @typedef {{ packages: Record<string, LockedPackage> }} Lockfile
 */

const systems = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];

/** How platform packages spell a processor, and what npm calls it. */
const processors = /** @type {const} */ ([
  [/wasm32/, "wasm32"],
  [/arm64|aarch64/, "arm64"],
  [/arm-|armv7/, "arm"],
  [/ppc64/, "ppc64"],
  [/riscv64/, "riscv64"],
  [/loong64/, "loong64"],
  [/s390x/, "s390x"],
  [/x64/, "x64"],
  [/ia32/, "ia32"],
]);

/**
 * The platform a package is for, read from its name; undefined where the name tells none.
 * @param {string} name
 * @returns {Pick<LockedPackage, "os" | "cpu" | "libc"> | undefined}
 */
export function platformOf(name) {
  const cpu = processors.find(([spelling]) => spelling.test(`${name}-`))?.[1];
  if (cpu === undefined) return undefined;
  const os = systems.find((system) => name.includes(system));
  const libc = os === "linux" ? (name.includes("musl") ? "musl" : "glibc") : undefined;
  return { cpu: [cpu], ...(os && { os: [os] }), ...(libc && { libc: [libc] }) };
}

/**
 * Names and entries of platform packages that some locked package wants and the lock file lacks.
 * @param {Lockfile} lockfile
 * @returns {Map<string, LockedPackage>}
 */
export function missingPlatforms(lockfile) {
  /** @type {Map<string, LockedPackage>} */
  const missing = new Map();
  for (const [path, parent] of Object.entries(lockfile.packages)) {
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
      const platform = platformOf(name);
      if (platform === undefined || !/^\d+\.\d+\.\d+/.test(version)) continue;
      if (`node_modules/${name}` in lockfile.packages || `${path}/node_modules/${name}` in lockfile.packages) continue;
      missing.set(`node_modules/${name}`, { version, ...(parent.dev && { dev: true }), optional: true, ...platform });
    }
  }
  return missing;
}

/**
 * @param {string} file
 * @returns {Lockfile}
 */
export function readLockfile(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

/** @param {string} file */
function complete(file) {
  const lockfile = readLockfile(file);
  const missing = missingPlatforms(lockfile);
  const packages = [...Object.entries(lockfile.packages), ...missing].sort(([a], [b]) => a.localeCompare(b, "en"));
  writeFileSync(file, `${JSON.stringify({ ...lockfile, packages: Object.fromEntries(packages) }, null, 2)}\n`);
  console.log(`package-lock.json: ${missing.size} platform packages added`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) complete(resolve(import.meta.dirname, "../../package-lock.json"));
