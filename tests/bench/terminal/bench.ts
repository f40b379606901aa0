import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Page } from "playwright-core";
import type { Dispatch } from "../../../main/ipc/router.ts";
import { createTopicBus } from "../../../main/ipc/topic-bus.ts";
import { startHostProcess } from "../../../main/terminals/start-host.ts";
import { createTerminalSessions } from "../../../main/terminals/terminal-sessions.ts";
import { launchWindow } from "../../support/panel/launch-window.ts";
import { colouredLog, END_MARK } from "./coloured-log.ts";

const RUNS = 3;
const ECHO_FLOOD_ROUNDS = 30;
const KEYS = 40;

/**
 * Agent → host process → main → window, against xterm.js parsing the same 20 MB out of memory in the same window; both end
 * when the last line is on the screen. The window may be shown frames instead of bytes meanwhile: that is the design (D11).
 */
export async function run(): Promise<Record<string, number>> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "bot-bottle-bench-"));
  stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const page = await openBenchWindow(folder, stack);
  const log = colouredLog();
  await page.evaluate("globalThis.bench.open()");
  await page.evaluate(`globalThis.log = ${JSON.stringify(log)}`);
  const ratios: number[] = [];
  for (let index = 0; index < RUNS; index++) {
    const memory = (await page.evaluate(`globalThis.bench.memory(globalThis.log, "${END_MARK}")`)) as number;
    const flood = (await page.evaluate(`globalThis.bench.flood(1, "${END_MARK}")`)) as number;
    ratios.push(memory / flood);
  }
  const delays = (await page.evaluate(`globalThis.bench.echo(${ECHO_FLOOD_ROUNDS}, ${KEYS})`)) as number[];
  return { throughputVsXterm: quantile(ratios, 0.5), echoP95Ms: quantile(delays, 0.95), echoMedianMs: quantile(delays, 0.5) };
}

async function openBenchWindow(folder: string, stack: AsyncDisposableStack): Promise<Page> {
  await writeRenderer(folder);
  const bus = createTopicBus();
  const entry = join(import.meta.dirname, "flooding-host.ts");
  const socketPath = join(folder, "run", "host.sock");
  const env = { ...process.env, FAKE_HOST_SOCKET: socketPath };
  const startHost = () => startHostProcess({ node: process.execPath, entry, logFolder: folder, env, furtherEnv: ["FAKE_HOST_SOCKET"] });
  const sessions = stack.use(createTerminalSessions({ socketPath, build: "bench", bus, startHost, backendOf: () => "docker" }));
  const dispatch: Dispatch = async (method, input) => {
    const handler = sessions.handlers[method as keyof typeof sessions.handlers] as (input: unknown) => Promise<unknown>;
    return { ok: true, value: await handler(input) };
  };
  const window = stack.use(await launchWindow({ rendererFolder: folder, dispatch, bus, logger: { log: () => undefined } }));
  return window.page;
}

async function writeRenderer(folder: string): Promise<void> {
  const xterm = dirname(createRequire(import.meta.url).resolve("@xterm/xterm/package.json"));
  await copyFile(join(xterm, "lib", "xterm.mjs"), join(folder, "xterm.mjs"));
  await copyFile(join(xterm, "css", "xterm.css"), join(folder, "xterm.css"));
  await copyFile(join(import.meta.dirname, "page.js"), join(folder, "page.js"));
  await writeFile(
    join(folder, "index.html"),
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="stylesheet" href="/xterm.css"></head><body><div id="terminal"></div><script type="module" src="/page.js"></script></body></html>`,
  );
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}
