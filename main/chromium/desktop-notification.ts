import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Notification } from "../ipc/shell.ts";
import { passedOnEnv } from "../platform/passed-on-env.ts";

const execute = promisify(execFile);
const OPEN = "default";

/** A notification of the desktop's own, by its `notify-send`; stays until the operator has dealt with it or `signal` aborts. */
export async function desktopNotification(notification: Notification, opened: () => void, signal: AbortSignal): Promise<void> {
  try {
    if ((await send(notification, [`--action=${OPEN}=Open`], signal)).trim() === OPEN) opened();
  } catch {
    // Older ones know no actions; where there is none at all, nothing shows, and the window counts all the same.
    await send(notification, [], signal).catch(() => undefined);
  }
}

async function send({ title, body, sound }: Notification, actions: readonly string[], signal: AbortSignal): Promise<string> {
  const hint = sound ? "string:sound-name:message-new-instant" : "boolean:suppress-sound:true";
  // Text of an agent never becomes an option or markup: `--`, and only our own sentences come here.
  const args = ["--app-name=bot-bottle", `--hint=${hint}`, ...actions, "--", title, body];
  return (await execute("notify-send", args, { env: passedOnEnv(process.env), signal })).stdout;
}
