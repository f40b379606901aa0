#!/usr/bin/env node
// @ts-check
// The `bot-bottle` command: in a checkout it makes sure of packages and build first (all words to stderr), then it is dist/main/cli.js.
import { pathToFileURL } from "node:url";
import { ensureBuilt, isBuilt, programPath } from "./build.mjs";
import { isCheckout, pinnedNode } from "./checkout.mjs";
import { ensurePackages } from "./packages.mjs";
import { asProgram, run } from "./run.mjs";

const oldestNode = 24;

if (Number.parseInt(process.versions.node, 10) < oldestNode) await asProgram(onPinnedNode);
else if (await asProgram(prepare)) await import(pathToFileURL(programPath("cli")).href);

async function onPinnedNode() {
  if (isCheckout()) await ensurePackages();
  return run(pinnedNode, [import.meta.filename, ...process.argv.slice(2)], { cwd: process.cwd() });
}

async function prepare() {
  if (isBuilt()) return 0;
  await ensurePackages();
  await ensureBuilt();
  return 0;
}
