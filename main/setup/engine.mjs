// @ts-check
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { get } from "node:http";
import { connect } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { cache, whereIs } from "./checkout.mjs";
import { SetupError } from "./run.mjs";

const systemSocket = "/var/run/docker.sock";
const betweenAsksMs = 50;

/** Makes sure that a container engine answers; starts one where we may. An engine that the operator named is left to him. */
export async function ensureEngine() {
  if (process.env.DOCKER_HOST || process.platform === "win32") return;
  const answers = await Promise.all(localSockets().map(connects));
  if (answers.some((answer) => answer === "open")) return;
  if (answers.includes("EACCES"))
    throw new SetupError(`you may not use ${systemSocket}: run \`sudo usermod -aG docker $USER\` and log in again`);
  const dockerd = whereIs("dockerd");
  if (process.platform !== "linux" || dockerd === undefined)
    throw new SetupError("no container engine answers: start Docker Desktop and try again");
  if (process.getuid?.() !== 0) throw new SetupError("no container engine answers: start it with `sudo systemctl start docker`");
  const runsc = whereIs("runsc");
  const runtimes = runsc === undefined ? [] : ["--add-runtime", `runsc=${runsc}`];
  mkdirSync(cache, { recursive: true });
  const log = join(cache, "dockerd.log");
  console.error(`Starting the container engine (log: ${log}) …`);
  await startEngine({ command: [dockerd, ...runtimes], socket: systemSocket, log, deadlineMs: 60_000 });
}

function localSockets() {
  const rootless = process.env.XDG_RUNTIME_DIR ? [join(process.env.XDG_RUNTIME_DIR, "docker.sock")] : [];
  return [systemSocket, ...rootless, join(homedir(), ".docker/run/docker.sock"), join(homedir(), ".docker/desktop/docker.sock")];
}

/**
 * @param {string} path
 * @returns {Promise<string>} `open` or the error's code
 */
function connects(path) {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve("open");
    });
    socket.once("error", (error) => resolve("code" in error ? String(error.code) : error.message));
  });
}

/**
 * Starts an engine that outlives us, and resolves when it answers.
 * @param {{ command: readonly string[], socket: string, log: string, deadlineMs: number }} engine
 */
export async function startEngine({ command: [program = "", ...args], socket, log, deadlineMs }) {
  const output = openSync(log, "a");
  const child = spawn(program, args, { detached: true, stdio: ["ignore", output, output], cwd: "/", env: engineEnvironment() });
  closeSync(output);
  child.unref();
  const settled = new AbortController();
  const { signal } = settled;
  try {
    await Promise.race([serves(socket, signal), ends(child, signal), runsOutOfTime(deadlineMs, signal)]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SetupError(`the container engine ${reason}; the end of ${log}:\n${endOf(log)}`);
  } finally {
    settled.abort();
  }
}

/** The engine outlives us by days: what else the operator's environment holds, credentials above all, is none of its business (ENV-3). */
function engineEnvironment() {
  const names = ["PATH", "HOME", "TMPDIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];
  return Object.fromEntries([...names, "SSL_CERT_FILE", "SSL_CERT_DIR", "DOCKER_RAMDISK"].map((name) => [name, process.env[name]]));
}

/**
 * Nothing tells when an engine begins to listen: its socket is there a moment before, and refuses until then.
 * @param {string} socket
 * @param {AbortSignal} signal
 */
async function serves(socket, signal) {
  while (!(await answers(socket, signal))) await setTimeout(betweenAsksMs, undefined, { signal });
}

/**
 * @param {string} socketPath
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>}
 */
function answers(socketPath, signal) {
  return new Promise((resolve) => {
    const request = get({ socketPath, path: "/_ping", signal }, (response) => {
      response.resume();
      resolve(true);
    });
    request.on("error", () => resolve(false));
  });
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {AbortSignal} signal
 */
async function ends(child, signal) {
  const [code] = await once(child, "exit", { signal });
  throw new Error(`ended with code ${code}`);
}

/**
 * @param {number} deadlineMs
 * @param {AbortSignal} signal
 */
async function runsOutOfTime(deadlineMs, signal) {
  await setTimeout(deadlineMs, undefined, { signal });
  throw new Error("did not answer in time");
}

/** @param {string} log */
function endOf(log) {
  return readFileSync(log, "utf8").split("\n").slice(-12).join("\n");
}
