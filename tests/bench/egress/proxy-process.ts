// The proxy under test as its own process: `egress`, as it is built, or `tunnel`, a plain CONNECT relay. Speaks over the IPC channel.
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { connect, createServer } from "node:net";
import { Worker } from "node:worker_threads";
import { Route } from "#common/domain/route.ts";

export interface ProxyStart {
  readonly kind: "egress" | "tunnel";
  /** One route each. */
  readonly hosts: readonly string[];
  readonly upstreamPort: number;
  readonly bottleCa: { readonly certificatePem: string; readonly keyPem: string };
  readonly internetCaPem: string;
}

/** Of the whole process with all its threads. */
export interface ProxyUsage {
  readonly cpuMicros: number;
  readonly rssMiB: number;
}

// A benchmark that was stopped leaves none of these behind.
process.once("disconnect", () => process.exit());

process.once("message", async (start: ProxyStart) => {
  const port = start.kind === "egress" ? await startEgress(start) : await startTunnel(start.upstreamPort);
  process.on("message", () => process.send?.(usage()));
  process.send?.(port);
});

function usage(): ProxyUsage {
  const { user, system } = process.cpuUsage();
  return { cpuMicros: user + system, rssMiB: process.memoryUsage.rss() / 1024 / 1024 };
}

/** The built worker thread, started as a bundle starts it; this thread takes its messages in init's place. */
async function startEgress(start: ProxyStart): Promise<number> {
  const port = await freePort();
  const worker = new Worker(new URL("../../../dist/sidecars/egress.cjs", import.meta.url), {
    workerData: {
      listenHost: "127.0.0.1",
      port,
      caCertificate: start.bottleCa.certificatePem,
      caKey: start.bottleCa.keyPem,
      extraCa: start.internetCaPem,
      table: { revision: 1, routes: start.hosts.map(routeOf), grants: [] },
      cuts: { all: false, refs: [] },
      budget: null,
      spent: null,
    },
    execArgv: ["--max-semi-space-size=1", "--import", new URL("./internet.ts", import.meta.url).href],
    env: { BENCH_UPSTREAM_PORT: String(start.upstreamPort) },
    resourceLimits: { maxOldGenerationSizeMb: 128 },
  });
  await once(worker, "message");
  worker.on("message", () => undefined);
  worker.postMessage({ type: "secrets", values: { TOKEN: "a-credential-of-a-usual-length-0123456789" } });
  return port;
}

function routeOf(host: string): Route {
  return Route.parse({
    host,
    methods: ["GET", "POST"],
    pathAllowlist: ["/other", "/v1"],
    auth: { scheme: "Bearer", tokenRef: "TOKEN" },
    pipelock: { ssrfIpAllowlist: ["127.0.0.1"] },
    origin: { kind: "operator" },
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
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
