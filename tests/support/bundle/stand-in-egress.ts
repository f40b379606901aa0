import { parentPort, workerData } from "node:worker_threads";
import type { EgressDecision } from "#common/domain/decision.ts";
import type { RouteTable } from "#common/domain/route.ts";
import type { CredentialCuts } from "#common/wire/control.ts";
import type { EgressWorkerPost } from "../../../sidecars/kit/egress-worker.ts";
import { EgressWorkerStart, ToEgressWorker } from "../../../sidecars/kit/egress-worker.ts";

/**
 * An egress worker that decides nothing: it keeps to the messages of kit/egress-worker.ts, so that init is tested apart from
 * the data plane. A route for one of these hosts makes it misbehave: `crash.test`, `mute.test`, `nonsense.test`,
 * `deaf-to-cuts.test`. A grant for `used.test` loses a request as soon as it is live, one for `used-up.test` all of them; a
 * route for `spending.test` costs something. What it was told of cuts and costs, it tells as decisions.
 */
const start = EgressWorkerStart.parse(workerData);
const port = parentPort;
if (port === null) throw new Error("runs as a worker");
let table = start.table;

function tell(message: EgressWorkerPost): void {
  port?.postMessage(message);
}

function hosts(of: RouteTable): string[] {
  return of.routes.map(({ host }) => host);
}

if (hosts(table).includes("crash-at-start.test")) throw new Error("cannot start with this table");

port.on("message", (message: unknown) => {
  const parsed = ToEgressWorker.parse(message);
  if (parsed.type === "secrets") return;
  if (parsed.type === "stop") return port.close();
  if (parsed.type === "cuts") return takeCuts(parsed.cuts);
  takeTable(parsed.table);
});
tell({ type: "ready" });
tellCuts("start", start.cuts);
if (start.spent !== null) tellDecisions([decision("spent.test", `start: ${start.spent.tokens} tokens`)]);

function takeTable(next: RouteTable): void {
  const named = hosts(next);
  if (named.includes("crash.test")) throw new Error("crashed on purpose");
  if (named.includes("nonsense.test")) return port?.postMessage({ type: "nonsense" });
  if (named.includes("mute.test")) return;
  const known = new Set(table.grants.map(({ id }) => id));
  table = next;
  if (named.includes("busy.test")) tellDecisions(named.map((host) => decision(host, "the route allows it")));
  tell({ type: "table-live", revision: next.revision });
  for (const grant of next.grants) if (!known.has(grant.id)) spendGrant(grant);
  if (named.includes("spending.test")) tell({ type: "spent", spent: { day: "2026-01-01", tokens: 1234, usd: 1.5 } });
}

function spendGrant({ id, route: { host }, limit }: RouteTable["grants"][number]): void {
  if (limit.kind !== "requests") return;
  const least = host === "used-up.test" ? 0 : host === "used.test" ? limit.left - 1 : limit.left;
  for (let left = limit.left - 1; left >= least; left--) tell({ type: "grant-used", grantId: id, left });
}

function takeCuts(cuts: CredentialCuts): void {
  if (hosts(table).includes("deaf-to-cuts.test")) return;
  tellCuts("told", cuts);
  tell({ type: "cuts-live" });
}

function tellCuts(when: "start" | "told", { all, refs }: CredentialCuts): void {
  if (all || refs.length > 0) tellDecisions([decision("cut.test", `${when}: ${all ? "all" : refs.join(",")}`)]);
}

function tellDecisions(decisions: readonly EgressDecision[]): void {
  tell({ type: "decisions", decisions: JSON.stringify(decisions) });
}

function decision(host: string, reason: string): EgressDecision {
  return {
    time: "2026-01-01T00:00:00.000Z",
    host,
    port: 443,
    method: "GET",
    path: "/",
    verdict: "allowed",
    rule: "route",
    reason,
    revision: table.revision,
    tokenRef: null,
    bytesUp: 1,
    bytesDown: 2,
    status: 200,
    durationMs: 1.5,
  };
}
