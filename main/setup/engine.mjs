// @ts-check
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync, watch } from "node:fs";
import { get } from "node:http";
import { connect } from "node:net";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { cache, whereIs } from "./checkout.mjs";
import { SetupError } from "./run.mjs";

const systemSocket = "/var/run/docker.sock";
const log = join(cache, "dockerd.log");
const startDeadlineMs = 60_000;

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
  await startEngine(dockerd);
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
 * Starts the engine so that it outlives us, and resolves when it accepts connections.
 * @param {string} dockerd
 */
async function startEngine(dockerd) {
  console.error(`Starting the container engine (log: ${log}) …`);
  mkdirSync(cache, { recursive: true });
  const output = openSync(log, "a");
  const runsc = whereIs("runsc");
  const runtimes = runsc === undefined ? [] : ["--add-runtime", `runsc=${runsc}`];
  const child = spawn(dockerd, runtimes, { detached: true, stdio: ["ignore", output, output], cwd: "/" });
  closeSync(output);
  child.unref();
  const settled = new AbortController();
  try {
    await Promise.race([serves(settled.signal), ends(child, settled.signal), runsOutOfTime(settled.signal)]);
  } catch (error) {
    throw new SetupError(`the container engine ${error instanceof Error ? error.message : error}; the end of ${log}:\n${endOfLog()}`);
  } finally {
    settled.abort();
  }
}

/**
 * dockerd makes its socket before it serves; a request waits in the backlog until then.
 * @param {AbortSignal} signal
 */
function serves(signal) {
  return new Promise((resolve) => {
    const ask = () => {
      const request = get({ socketPath: systemSocket, path: "/_ping", signal }, (response) => resolve(response.resume()));
      request.on("error", () => undefined); // no socket yet: the folder's next change asks again
    };
    watch(dirname(systemSocket), { signal }, ask);
    ask();
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

/** @param {AbortSignal} signal */
async function runsOutOfTime(signal) {
  await setTimeout(startDeadlineMs, undefined, { signal });
  throw new Error("did not answer in time");
}

function endOfLog() {
  return readFileSync(log, "utf8").split("\n").slice(-12).join("\n");
}
