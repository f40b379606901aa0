// The proxy under test as its own process: `egress` or `tunnel` (a plain CONNECT relay). Speaks over the IPC channel.
import type { AddressInfo, Socket } from "node:net";
import { connect, createServer } from "node:net";
import { Worker } from "node:worker_threads";
import { Route } from "#common/domain/route.ts";
import { DecisionBatch } from "../../../sidecars/egress/decision-batch.ts";
import { createEgressProxy } from "../../../sidecars/egress/proxy.ts";
import { createUpstreamConnector } from "../../../sidecars/egress/upstream/connector.ts";

export interface ProxyStart {
  readonly kind: "egress" | "tunnel";
  readonly host: string;
  readonly upstreamPort: number;
  readonly bottleCa: { readonly certificatePem: string; readonly keyPem: string };
  readonly internetCaPem: string;
}

export interface ProxyUsage {
  readonly cpuMicros: number;
  readonly rssMiB: number;
}

process.once("message", async (start: ProxyStart) => {
  const port = start.kind === "egress" ? await startEgress(start) : await startTunnel(start.upstreamPort);
  process.on("message", () => process.send?.(usage()));
  process.send?.(port);
});

function usage(): ProxyUsage {
  const { user, system } = process.threadCpuUsage();
  return { cpuMicros: user + system, rssMiB: process.memoryUsage.rss() / 1024 / 1024 };
}

async function startEgress(start: ProxyStart): Promise<number> {
  // Decisions cross to another thread, as in a bundle.
  const init = new Worker("require('node:worker_threads').parentPort.on('message', () => {})", { eval: true });
  const batch = new DecisionBatch((decisions) => init.postMessage({ type: "decisions", decisions }));
  const route = Route.parse({
    host: start.host,
    methods: ["GET", "POST"],
    pathAllowlist: ["/other", "/v1"],
    auth: { scheme: "Bearer", tokenRef: "TOKEN" },
    pipelock: { ssrfIpAllowlist: ["127.0.0.1"] },
    origin: { kind: "operator" },
  });
  const proxy = await createEgressProxy({
    listen: { host: "127.0.0.1", port: 0 },
    ca: start.bottleCa,
    table: { revision: 1, routes: [route] },
    connector: createUpstreamConnector({
      connectTimeoutMs: 5000,
      extraCa: start.internetCaPem,
      resolve: async () => [{ address: "127.0.0.1", family: 4 }],
      port: start.upstreamPort,
    }),
    onDecision: (decision) => batch.add(decision),
  });
  proxy.setSecrets({ TOKEN: "a-credential-of-a-usual-length-0123456789" });
  return proxy.port;
}

function startTunnel(upstreamPort: number): Promise<number> {
  const server = createServer((client) => {
    client.setNoDelay(true);
    client.on("error", () => undefined);
    client.once("data", () => relay(client, connect({ port: upstreamPort, host: "127.0.0.1", noDelay: true })));
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

function relay(client: Socket, upstream: Socket): void {
  upstream.on("error", () => client.destroy());
  upstream.once("connect", () => {
    client.write("HTTP/1.1 200 OK\r\n\r\n");
    client.pipe(upstream);
    upstream.pipe(client);
  });
}
