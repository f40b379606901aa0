import type { MessagePort } from "node:worker_threads";
import { parentPort, workerData } from "node:worker_threads";
import type { FromSuperviseWorker } from "../kit/supervise-worker.ts";
import { SuperviseWorkerStart, ToSuperviseWorker } from "../kit/supervise-worker.ts";
import { InitLink } from "./init-link.ts";
import type { McpCore } from "./mcp-core.ts";
import { McpEndpoint } from "./mcp-endpoint.ts";

/** The longest time a timer can wait for. */
const MAX_TIMER_MS = 2 ** 31 - 1;
const PROGRESS_MS = 5000;

/** The supervise sidecar: a worker thread of init. */
async function main(port: MessagePort): Promise<void> {
  const start = SuperviseWorkerStart.parse(workerData);
  const link = new InitLink(port);
  const closing = new AbortController();
  let core: Promise<McpCore> | null = null;
  const endpoint = await McpEndpoint.listen(start.listenHost, start.port, () => {
    core ??= loadCore(start, link, closing.signal);
    return core;
  });
  port.on("message", (message: unknown) => {
    const parsed = ToSuperviseWorker.parse(message);
    if (parsed.type !== "stop") return link.receive(parsed);
    closing.abort();
    void endpoint.close(parsed.graceMs).finally(() => port.close());
  });
  port.postMessage({ type: "ready" } satisfies FromSuperviseWorker);
}

async function loadCore(start: SuperviseWorkerStart, link: InitLink, closing: AbortSignal): Promise<McpCore> {
  const { createMcpCore } = await import("./mcp-core.ts");
  return createMcpCore({
    link,
    responseTimeoutMs: Math.min(MAX_TIMER_MS, start.responseTimeoutSeconds * 1000),
    progressMs: PROGRESS_MS,
    closing,
    capability: start.capability,
  });
}

if (parentPort === null) throw new Error("supervise runs as a thread of init");
void main(parentPort);
