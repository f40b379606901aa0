import type { AddressInfo, Server, Socket } from "node:net";
import { createServer } from "node:net";
import type { RouteTable } from "#common/domain/route.ts";
import { Tunnel } from "./agent/tunnel.ts";
import type { EgressClock } from "./clock.ts";
import { systemClock } from "./clock.ts";
import type { DataPlane } from "./data-plane.ts";
import type { DecisionSink } from "./decision-log.ts";
import { DecisionLog } from "./decision-log.ts";
import type { EgressLimits } from "./limits.ts";
import { defaultLimits } from "./limits.ts";
import { Credentials } from "./policy/credentials.ts";
import { LiveRoutes } from "./policy/live-routes.ts";
import { LeafCertificates } from "./tls/leaf-certificates.ts";
import type { UpstreamConnector } from "./upstream/connector.ts";
import { UpstreamPool } from "./upstream/pool.ts";

export interface EgressProxyOptions {
  readonly listen: { readonly host: string; readonly port: number };
  readonly ca: { readonly certificatePem: string; readonly keyPem: string };
  readonly table: RouteTable;
  readonly connector: UpstreamConnector;
  readonly onDecision: DecisionSink;
  readonly clock?: EgressClock;
  readonly limits?: Partial<EgressLimits>;
}

/** A bottle's way out: terminates TLS, decides every request, injects credentials, streams (EGR-1…EGR-7). */
export interface EgressProxy extends AsyncDisposable {
  readonly port: number;
  /** When it returns, no request is decided by the old table any more, and what it no longer allows is closed. */
  setTable(table: RouteTable): void;
  setSecrets(values: Readonly<Record<string, string | null>>): void;
  /** Stops accepting, lets exchanges end within `graceMs`, then closes everything. */
  close(graceMs: number): Promise<void>;
}

export async function createEgressProxy(options: EgressProxyOptions): Promise<EgressProxy> {
  const plane = createDataPlane(options);
  const listener = new Listener(plane);
  await listener.listen(options.listen);
  preMint(plane);
  return {
    port: listener.port,
    setTable(table) {
      const changed = plane.routes.replace(table);
      for (const host of changed) plane.pool.forget(host);
      listener.routesChanged(new Set(changed));
    },
    setSecrets: (values) => plane.credentials.set(values),
    close: (graceMs) => listener.close(graceMs),
    [Symbol.asyncDispose]: () => listener.close(0),
  };
}

function createDataPlane(options: EgressProxyOptions): DataPlane {
  const limits = { ...defaultLimits, ...options.limits };
  const clock = options.clock ?? systemClock;
  const routes = new LiveRoutes(options.table);
  return {
    limits,
    clock,
    routes,
    credentials: new Credentials(),
    leaves: new LeafCertificates({
      caCertificatePem: options.ca.certificatePem,
      caKeyPem: options.ca.keyPem,
      maxContexts: limits.leafContexts,
      now: () => clock.wall(),
    }),
    pool: new UpstreamPool({ connector: options.connector, clock, limits }),
    log: new DecisionLog({ sink: options.onDecision, clock, revision: () => routes.revision }),
  };
}

/** Leaves for the first hosts, one a turn of the event loop, so that listening is not delayed. */
function preMint(plane: DataPlane): void {
  const hosts = plane.routes.hosts.slice(0, plane.limits.preMintedHosts);
  const mintNext = () => {
    const host = hosts.shift();
    if (host === undefined) return;
    plane.leaves.contextFor(host);
    setImmediate(mintNext);
  };
  setImmediate(mintNext);
}

class Listener {
  readonly #plane: DataPlane;
  readonly #server: Server;
  readonly #tunnels = new Set<Tunnel>();
  readonly #sweeping: Disposable;
  #closed: Promise<void> | null = null;
  #onEmpty: (() => void) | null = null;

  constructor(plane: DataPlane) {
    this.#plane = plane;
    this.#server = createServer((socket) => this.#accept(socket));
    this.#sweeping = plane.clock.everySecond(() => this.#sweep());
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  listen(at: { host: string; port: number }): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ host: at.host, port: at.port, backlog: 1024 }, () => {
        this.#server.removeListener("error", reject);
        resolve();
      });
    });
  }

  routesChanged(hosts: ReadonlySet<string>): void {
    for (const tunnel of this.#tunnels) {
      const { host } = tunnel;
      if (host !== null && hosts.has(host)) tunnel.routeChanged(this.#plane.routes.find(host) === null);
    }
  }

  close(graceMs: number): Promise<void> {
    this.#closed ??= this.#shutDown(graceMs);
    return this.#closed;
  }

  async #shutDown(graceMs: number): Promise<void> {
    const stopped = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const tunnel of this.#tunnels) tunnel.endWhenIdle();
    const timer = setTimeout(() => this.#onEmpty?.(), graceMs);
    if (graceMs > 0 && this.#tunnels.size > 0) {
      await new Promise<void>((resolve) => {
        this.#onEmpty = resolve;
      });
    }
    clearTimeout(timer);
    for (const tunnel of this.#tunnels) tunnel.destroy();
    this.#plane.pool.close();
    this.#sweeping[Symbol.dispose]();
    await stopped;
  }

  #accept(socket: Socket): void {
    const tunnel = new Tunnel(this.#plane, socket);
    if (this.#tunnels.size >= this.#plane.limits.connections) tunnel.turnAway();
    this.#tunnels.add(tunnel);
    socket.once("close", () => this.#forget(tunnel));
  }

  #forget(tunnel: Tunnel): void {
    this.#tunnels.delete(tunnel);
    if (this.#tunnels.size === 0) this.#onEmpty?.();
  }

  #sweep(): void {
    const now = this.#plane.clock.monotonic();
    for (const tunnel of this.#tunnels) tunnel.sweep(now);
    this.#plane.pool.sweep();
  }
}
