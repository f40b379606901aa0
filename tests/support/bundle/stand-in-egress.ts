import { parentPort, workerData } from "node:worker_threads";
import type { EgressWorkerPost, FromEgressWorker } from "../../../sidecars/kit/egress-worker.ts";
import { EgressWorkerStart, ToEgressWorker } from "../../../sidecars/kit/egress-worker.ts";

/**
 * An egress worker that decides nothing: it keeps to the messages of kit/egress-worker.ts, so that init is tested apart from
 * the data plane. A route for one of these hosts makes it misbehave: `crash.test`, `mute.test`, `nonsense.test`.
 */
const start = EgressWorkerStart.parse(workerData);
const port = parentPort;
if (port === null) throw new Error("runs as a worker");

function tell(message: EgressWorkerPost): void {
  port?.postMessage(message);
}

function hosts(table: EgressWorkerStart["table"]): string[] {
  return table.routes.map(({ host }) => host);
}

if (hosts(start.table).includes("crash-at-start.test")) throw new Error("cannot start with this table");

port.on("message", (message: unknown) => {
  const parsed = ToEgressWorker.parse(message);
  if (parsed.type === "secrets") return;
  if (parsed.type === "cuts") return tell({ type: "cuts-live" });
  if (parsed.type === "stop") return port.close();
  const named = hosts(parsed.table);
  if (named.includes("crash.test")) throw new Error("crashed on purpose");
  if (named.includes("nonsense.test")) return port.postMessage({ type: "nonsense" });
  if (named.includes("mute.test")) return;
  if (named.includes("busy.test"))
    tell({ type: "decisions", decisions: JSON.stringify(parsed.table.routes.map((route) => decision(route.host, parsed.table.revision))) });
  tell({ type: "table-live", revision: parsed.table.revision });
});
tell({ type: "ready" });

function decision(host: string, revision: number): Extract<FromEgressWorker, { type: "decisions" }>["decisions"][number] {
  return {
    time: "2026-01-01T00:00:00.000Z",
    host,
    port: 443,
    method: "GET",
    path: "/",
    verdict: "allowed",
    rule: "route",
    reason: "the route allows it",
    revision,
    tokenRef: null,
    bytesUp: 1,
    bytesDown: 2,
    status: 200,
    durationMs: 1.5,
  };
}
