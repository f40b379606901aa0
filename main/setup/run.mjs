// @ts-check
import { spawn } from "node:child_process";
import { root, systemPath } from "./checkout.mjs";

/** What an operator can act on while the product sets itself up; told in one sentence, without a stack. */
export class SetupError extends Error {
  /** @override */
  name = "SetupError";
}

/**
 * @typedef {object} RunOptions
 * @property {import("node:child_process").StdioOptions} [stdio]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} [cwd] the repository's root unless given
 * @property {number} [deadlineMs] the program is ended when it takes longer
 */

/**
 * Runs a program to its end and hands on Ctrl-C and its exit code.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<number>}
 */
export function run(command, args, { stdio = "inherit", env = process.env, cwd = root, deadlineMs } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio, env });
    const forward = (/** @type {NodeJS.Signals} */ signal) => {
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    };
    const deadline = deadlineMs === undefined ? undefined : setTimeout(() => endForGood(child), deadlineMs);
    const release = () => {
      clearTimeout(deadline);
      for (const signal of forwarded) process.off(signal, forward);
    };
    for (const signal of forwarded) process.on(signal, forward);
    child.once("error", (error) => {
      release();
      reject(error);
    });
    child.once("exit", (code, signal) => {
      release();
      resolve(code ?? exitCodeOf(signal));
    });
  });
}

/** Signals sent to us alone. Ctrl-C on a terminal reaches the program by itself; sent twice it would mean "at once". */
const forwarded = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);

/**
 * A shell's convention: 128 and the number of the signal.
 * @param {NodeJS.Signals | null} signal
 */
function exitCodeOf(signal) {
  return signal === "SIGINT" ? 130 : signal === "SIGHUP" ? 129 : 143;
}

/** @param {import("node:child_process").ChildProcess} child */
function endForGood(child) {
  child.kill("SIGTERM");
  const last = setTimeout(() => child.kill("SIGKILL"), 10_000);
  child.once("exit", () => clearTimeout(last));
}

/**
 * Runs npm on the system's Node: ours lies in the folder that npm is about to replace. Its words go to stderr, so that stdout stays data.
 * @param {readonly string[]} args
 */
export function npm(...args) {
  const env = { ...process.env, PATH: systemPath() };
  const stdio = /** @type {const} */ (["ignore", 2, 2]);
  if (process.platform === "win32")
    return run(process.env.ComSpec ?? "cmd.exe", ["/d", "/s", "/c", "npm", ...args], { stdio: [...stdio], env });
  return run("npm", args, { stdio: [...stdio], env });
}

/**
 * One catch for a program's edge: an expected failure is a sentence, anything else is a bug and keeps its stack. Tells whether all went well.
 * @param {() => Promise<number>} main gives the exit code
 */
export async function asProgram(main) {
  try {
    process.exitCode = await main();
    return process.exitCode === 0;
  } catch (error) {
    console.error(error instanceof SetupError ? `bot-bottle: ${error.message}` : error);
    process.exitCode = 1;
    return false;
  }
}
