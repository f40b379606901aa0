import type { ChildProcessByStdio } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { OperatorError } from "#common/domain/operator-error.ts";
import { passedOnEnv } from "../../../platform/passed-on-env.ts";

/** How this machine reaches Debian's mirror and the package registry. */
const DOWNLOADS = [
  ...["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"],
  ...["npm_config_registry", "NPM_CONFIG_REGISTRY", "npm_config_userconfig", "NPM_CONFIG_USERCONFIG", "npm_config_cafile"],
];

export interface ToolContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly detail: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Runs one of the machine's own tools to its end and passes each line it says on as progress. */
export async function runTool(name: string, argv: readonly string[], context: ToolContext): Promise<void> {
  const child = spawnTool(name, argv, context);
  const last: string[] = [];
  const note = (line: string) => {
    last.push(line);
    if (last.length > 5) last.shift();
    context.detail(line);
  };
  createInterface({ input: child.stdout }).on("line", note);
  createInterface({ input: child.stderr }).on("line", note);
  const [code] = await once(child, "close").catch((cause: unknown) => Promise.reject(failed(name, "could not be run", context, cause)));
  if (code !== 0) throw failed(name, last.join(" / ") || `ended with code ${String(code)}`, context);
}

export function spawnTool(name: string, argv: readonly string[], context: ToolContext): ChildProcessByStdio<null, Readable, Readable> {
  const child = spawn(name, argv, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...passedOnEnv(context.env, DOWNLOADS), LC_ALL: "C" },
    signal: context.signal,
  });
  // An abort is reported by whoever waits for the child; unheard, the event would end this process.
  child.on("error", () => {});
  return child;
}

function failed(name: string, reason: string, context: ToolContext, cause?: unknown): unknown {
  if (context.signal.aborted) return context.signal.reason;
  return new OperatorError("image-missing", { message: `${name}: ${reason}`, hint: "Mend what it names and start again.", cause });
}
