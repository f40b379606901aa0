// @ts-check
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cache, pinnedNode, readJson, scriptOf } from "./checkout.mjs";
import { run } from "./run.mjs";

const downloadDeadlineMs = 180_000;
const failure = join(cache, "electron-not-fetched");

/**
 * The Electron binary, fetched once if it can be. `require("electron")` would try the download each time: its `path.txt` is looked at instead.
 * @returns {Promise<string | undefined>}
 */
export async function electronBinary() {
  const there = downloaded();
  if (there !== undefined || failedBefore()) return there;
  console.error("Fetching the Electron binary (once) …");
  const code = await run(pinnedNode, [scriptOf("electron/install.js")], { stdio: "ignore", deadlineMs: downloadDeadlineMs });
  if (code !== 0) rememberFailure();
  return downloaded();
}

function downloaded() {
  const pathFile = scriptOf("electron/path.txt");
  if (!existsSync(pathFile)) return undefined;
  const binary = scriptOf(join("electron/dist", readFileSync(pathFile, "utf8").trim()));
  return existsSync(binary) ? binary : undefined;
}

function version() {
  return /** @type {{ version: string }} */ (readJson("node_modules/electron/package.json")).version;
}

function failedBefore() {
  return existsSync(failure) && readFileSync(failure, "utf8") === version();
}

function rememberFailure() {
  mkdirSync(cache, { recursive: true });
  writeFileSync(failure, version());
}
