// @ts-check
// `npm test`: makes this machine ready, checks the sources, builds, and runs the groups of tests. `npm test -- lint unit` runs only those.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBuilt, programPath } from "./build.mjs";
import { pinnedNode, root, scriptOf } from "./checkout.mjs";
import { ensureEngine } from "./engine.mjs";
import { ensurePackages } from "./packages.mjs";
import { ensurePrerequisites, neededForUnitTests, neededToTest } from "./prerequisites.mjs";
import { asProgram, run, SetupError } from "./run.mjs";
import { runStages, sum, table, tallyLine } from "./stages.mjs";

/** @typedef {import("./stages.mjs").Stage} Stage */
/** @typedef {import("./stages.mjs").Tally} Tally */

const minutes = 60_000;

/** Checks of the sources: nothing runs. */
const checks = [
  check("lint", "@biomejs/biome/bin/biome", "ci", "--error-on-warnings", ...(process.stdout.isTTY ? [] : ["--colors=off"])),
  check("types", "typescript/bin/tsc", "-b"),
  check("dead-code", "knip/bin/knip.js"),
];

/** Groups that need the build; those with `engine` also a container engine and a browser. */
const groups = [
  { name: "unit", engine: false, limit: 5 * minutes },
  { name: "panel", engine: true, limit: 12 * minutes },
  { name: "contract", engine: true, limit: 12 * minutes },
  { name: "integration", engine: true, limit: 20 * minutes },
  { name: "attack", engine: true, limit: 12 * minutes },
  { name: "e2e", engine: true, limit: 12 * minutes },
];

/** Run on request only; a group that no issue has filled yet says so. */
const onRequest = [{ name: "faults", engine: true, limit: 20 * minutes }];

await asProgram(async () => {
  const names = process.argv.slice(2).filter((argument) => !argument.startsWith("-"));
  const known = [...checks.map(({ name }) => name), "build", ...[...groups, ...onRequest].map(({ name }) => name)];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new SetupError(`no such stage: ${unknown.join(", ")}. There are: ${known.join(", ")}.`);
  const setUp = await runStages([{ name: "set-up", run: asCheck(() => makeReady(names)) }]);
  const ready = setUp.every(({ failed }) => failed === 0);
  const results = ready ? await runStages(chosen(names)) : setUp;
  const total = sum(results);
  console.log(`\n${table(results)}\n\n${tallyLine(total)}`);
  return total.failed > 0 ? 1 : 0;
});

/** @param {readonly string[]} names */
async function makeReady(names) {
  await ensurePackages();
  const wanted = names.length === 0 ? groups : [...groups, ...onRequest].filter(({ name }) => names.includes(name));
  const needsEngine = wanted.some(({ engine }) => engine);
  if (needsEngine) await ensurePrerequisites(neededToTest());
  else if (wanted.length > 0) await ensurePrerequisites(neededForUnitTests());
  if (needsEngine) await ensureEngine();
}

/**
 * @param {readonly string[]} names none means all that `npm test` is
 * @returns {Stage[]}
 */
function chosen(names) {
  const build = { name: "build", run: asCheck(ensureBuilt) };
  const images = { name: "images", run: asCheck(buildImages) };
  if (names.length === 0) return [...checks, build, images, ...groups.map(tests)];
  const wantedGroups = [...groups, ...onRequest].filter(({ name }) => names.includes(name));
  const running = wantedGroups.filter(({ name }) => !isForLater(name));
  const needsBuild = running.length > 0 || names.includes("build");
  const needsImages = running.some(({ engine }) => engine);
  return [
    ...checks.filter(({ name }) => names.includes(name)),
    ...(needsBuild ? [build] : []),
    ...(needsImages ? [images] : []),
    ...wantedGroups.map(tests),
  ];
}

/** On a new machine this takes minutes, which no single test should have to wait for. */
async function buildImages() {
  const home = mkdtempSync(join(tmpdir(), "bot-bottle-home-"));
  try {
    const env = { ...process.env, BOT_BOTTLE_HOME: home };
    const code = await run(pinnedNode, [programPath("cli"), "images"], { env, deadlineMs: 20 * minutes });
    if (code !== 0) throw new SetupError("building the images failed; see above");
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/**
 * @param {string} name
 * @param {string} script inside node_modules
 * @param {...string} args
 * @returns {Stage}
 */
function check(name, script, ...args) {
  return {
    name,
    run: asCheck(async () => {
      const code = await run(pinnedNode, [scriptOf(script), ...args], { deadlineMs: 5 * minutes });
      if (code !== 0) throw new SetupError(`${name} failed`);
    }),
  };
}

/**
 * @param {() => Promise<void>} work
 * @returns {() => Promise<Tally>}
 */
function asCheck(work) {
  return async () => {
    try {
      await work();
      return { passed: 1, failed: 0, skipped: 0 };
    } catch (error) {
      console.error(error instanceof SetupError ? error.message : error);
      return { passed: 0, failed: 1, skipped: 0 };
    }
  };
}

/**
 * @param {{ name: string, limit: number }} group
 * @returns {Stage}
 */
function tests({ name, limit }) {
  return { name, run: () => (isForLater(name) ? sayNone(name) : vitest(name, limit)) };
}

/** @param {string} group */
function isForLater(group) {
  return onRequest.some(({ name }) => name === group) && !hasTests(group);
}

/** @param {string} group */
function hasTests(group) {
  try {
    return readdirSync(join(root, "tests", group), { recursive: true }).some((file) => /\.test\.tsx?$/.test(String(file)));
  } catch {
    return false;
  }
}

/** @param {string} group */
async function sayNone(group) {
  console.log(`tests/${group} has no tests yet.`);
  return { passed: 0, failed: 0, skipped: 0 };
}

/**
 * @param {string} group
 * @param {number} limit
 * @returns {Promise<Tally>}
 */
async function vitest(group, limit) {
  const folder = mkdtempSync(join(tmpdir(), "bot-bottle-tally-"));
  const file = join(folder, "tally.json");
  try {
    const args = [scriptOf("vitest/vitest.mjs"), "run", "--project", group];
    const code = await run(pinnedNode, args, { env: { ...process.env, TALLY_FILE: file }, deadlineMs: limit });
    return readTally(file, code);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * A group that failed without saying how (it crashed, ran out of time or found no tests) has failed once.
 * @param {string} file
 * @param {number} code
 * @returns {Tally}
 */
function readTally(file, code) {
  /** @type {Tally} */
  let tally = { passed: 0, failed: 0, skipped: 0 };
  try {
    tally = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    tally.failed = 1;
  }
  return code !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}
