// @ts-check
import { spawn } from "node:child_process";
import { once } from "node:events";
import { whereIs } from "./checkout.mjs";
import { SetupError } from "./run.mjs";

export function hasDisplay() {
  return process.platform !== "linux" || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/**
 * A display nobody sees, for machines without one; it ends with us.
 * @returns {Promise<{ name: string, close: () => void }>}
 */
export async function openVirtualDisplay() {
  const xvfb = whereIs("Xvfb");
  if (xvfb === undefined)
    throw new SetupError("there is no display (DISPLAY and WAYLAND_DISPLAY are unset) and no Xvfb to stand in for one");
  // The server picks a free number and writes it to descriptor 3 once it accepts clients.
  const server = spawn(xvfb, ["-displayfd", "3", "-screen", "0", "1600x1000x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: process.env.TMPDIR }, // no credential of the operator's (ENV-3)
  });
  const number = /** @type {import("node:stream").Readable} */ (server.stdio[3]);
  const ready = once(number, "data").then(([text]) => `:${String(text).trim()}`);
  const ended = once(server, "exit").then(([code]) => Promise.reject(new SetupError(`Xvfb ended with code ${code}`)));
  const name = await Promise.race([ready, ended]);
  ended.catch(() => undefined);
  return { name, close: () => server.kill() };
}
