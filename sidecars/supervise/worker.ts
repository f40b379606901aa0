import type { MessagePort } from "node:worker_threads";
import { parentPort, workerData } from "node:worker_threads";
import type { FromSuperviseWorker } from "../kit/supervise-worker.ts";
import { SuperviseWorkerStart, ToSuperviseWorker } from "../kit/supervise-worker.ts";
import { ExchangeTransport } from "./exchange-transport.ts";
import { InitLink } from "./init-link.ts";
import { McpEndpoint } from "./mcp-endpoint.ts";
import { createMcpServer } from "./mcp-server.ts";

/** The longest time a timer can wait for. */
const MAX_TIMER_MS = 2 ** 31 - 1;
const PROGRESS_MS = 5000;

/** The supervise sidecar: a worker thread of init. */
async function main(port: MessagePort): Promise<void> {
  const start = SuperviseWorkerStart.parse(workerData);
  const link = new InitLink(port);
  const transport = new ExchangeTransport();
  const closing = new AbortController();
  const server = createMcpServer({
    link,
    responseTimeoutMs: Math.min(MAX_TIMER_MS, start.responseTimeoutSeconds * 1000),
    progressMs: PROGRESS_MS,
    closing: closing.signal,
  });
  await server.connect(transport);
  const endpoint = await McpEndpoint.listen(start.listenHost, start.port, transport);
  port.on("message", (message: unknown) => {
    const parsed = ToSuperviseWorker.parse(message);
    if (parsed.type !== "stop") return link.receive(parsed);
    closing.abort();
    endpoint.close(parsed.graceMs).finally(() => port.close());
  });
  port.postMessage({ type: "ready" } satisfies FromSuperviseWorker);
}

if (parentPort === null) throw new Error("supervise runs as a thread of init");
await main(parentPort);
