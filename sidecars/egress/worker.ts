import type { MessagePort } from "node:worker_threads";
import { parentPort, workerData } from "node:worker_threads";
import type { EgressWorkerPost } from "../kit/egress-worker.ts";
import { EgressWorkerStart, ToEgressWorker } from "../kit/egress-worker.ts";
import { DecisionBatch } from "./decision-batch.ts";
import { defaultLimits } from "./limits.ts";
import type { EgressProxy } from "./proxy.ts";
import { createEgressProxy } from "./proxy.ts";
import { createUpstreamConnector } from "./upstream/connector.ts";

/** Egress as a thread of the bundle (D5). What fails here ends the thread with its error; init restarts it. */
if (parentPort === null) throw new Error("the egress worker runs as a worker thread only");
void serve(parentPort, EgressWorkerStart.parse(workerData));

async function serve(port: MessagePort, start: EgressWorkerStart): Promise<void> {
  const post = (message: EgressWorkerPost) => port.postMessage(message);
  const batch = new DecisionBatch((decisions) => post({ type: "decisions", decisions }));
  const proxy = await createEgressProxy({
    listen: { host: start.listenHost, port: start.port },
    ca: { certificatePem: start.caCertificate, keyPem: start.caKey },
    table: start.table,
    connector: createUpstreamConnector({ connectTimeoutMs: defaultLimits.upstreamConnectMs, extraCa: start.extraCa }),
    onDecision: (decision) => batch.add(decision),
    cuts: start.cuts,
    budget: start.budget,
    spent: start.spent,
    onGrantUsed: (grantId, left) => post({ type: "grant-used", grantId, left }),
    onSpent: (spent) => post({ type: "spent", spent }),
  });
  port.on("message", (message: unknown) => {
    const command = ToEgressWorker.parse(message);
    if (command.type === "stop") void stop(port, proxy, batch, command.graceMs);
    else obey(command, proxy, post);
  });
  post({ type: "ready" });
}

function obey(command: Exclude<ToEgressWorker, { type: "stop" }>, proxy: EgressProxy, post: (message: EgressWorkerPost) => void): void {
  switch (command.type) {
    case "secrets":
      return proxy.setSecrets(command.values);
    case "cuts":
      proxy.setCuts(command.cuts);
      return post({ type: "cuts-live" });
    case "table":
      proxy.setTable(command.table);
      return post({ type: "table-live", revision: command.table.revision });
  }
}

async function stop(port: MessagePort, proxy: EgressProxy, batch: DecisionBatch, graceMs: number): Promise<void> {
  await proxy.close(graceMs);
  batch.flush();
  port.close();
}
