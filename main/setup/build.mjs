// @ts-check
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { cache, dist, isCheckout, pinnedNode, root, scriptOf } from "./checkout.mjs";
import { asProgram, run, SetupError } from "./run.mjs";
import { contentHash, sourceFiles, stampOf } from "./tree-hash.mjs";

const record = join(dist, "build.json");
const dayMs = 86_400_000;

/** One walk over file times: cheap enough for every command. */
export function isBuilt() {
  return !isCheckout() || lastBuild()?.stamp === stampOf(sourceFiles(root));
}

/** Builds when the sources differ from what was built last. */
export async function ensureBuilt() {
  if (!isCheckout()) return;
  const files = sourceFiles(root);
  const stamp = stampOf(files);
  const last = lastBuild();
  if (last?.stamp === stamp) return;
  const buildId = contentHash(root, files);
  if (last?.buildId !== buildId) await build();
  writeFileSync(record, JSON.stringify({ buildId, stamp }));
}

/** @returns {{ buildId: string, stamp: string } | undefined} */
function lastBuild() {
  try {
    return JSON.parse(readFileSync(record, "utf8"));
  } catch {
    return undefined; // no build yet, or one that was interrupted
  }
}

/** Builds beside `dist` and moves file by file, entries last: a program that starts meanwhile finds a whole build, old or new. */
async function build() {
  console.error("Building …");
  const fresh = join(cache, `build-${process.pid}`);
  rmSync(fresh, { recursive: true, force: true });
  try {
    const vite = [scriptOf("vite/bin/vite.js"), "build", "--app", "--config", join(root, "vite.config.ts"), "--logLevel", "warn"];
    const code = await run(pinnedNode, vite, {
      stdio: ["ignore", 2, 2],
      env: { ...process.env, BUILD_OUT_DIR: fresh, NODE_ENV: "production" },
    });
    if (code !== 0) throw new SetupError("the build failed; see above");
    publish(fresh);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** @param {string} fresh */
function publish(fresh) {
  const files = filesUnder(fresh).sort((a, b) => Number(isEntry(a)) - Number(isEntry(b)));
  for (const file of files) {
    mkdirSync(dirname(join(dist, file)), { recursive: true });
    renameSync(join(fresh, file), join(dist, file));
  }
  removeLongStale(new Set(files));
}

/**
 * Chunks carry a hash in their names; entries do not.
 * @param {string} file
 */
function isEntry(file) {
  return !/-[\w-]{8}\.\w+$/.test(file);
}

/**
 * A panel that still runs from an older build loads its chunks when it needs them: they stay for a day.
 * @param {ReadonlySet<string>} current
 */
function removeLongStale(current) {
  for (const file of filesUnder(dist)) {
    const path = join(dist, file);
    if (!current.has(file) && path !== record && Date.now() - statSync(path).mtimeMs > dayMs) rmSync(path);
  }
}

/** @param {string} folder */
function filesUnder(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

/** @param {string} name of a program in dist/main */
export function programPath(name) {
  const path = join(dist, "main", `${name}.js`);
  if (!existsSync(path)) throw new SetupError(`${relative(root, path)} is missing from the build`);
  return path;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await asProgram(async () => {
    await ensureBuilt();
    return 0;
  });
}
