import type { AddressInfo, Server } from "node:net";
import { createServer } from "node:net";
import type { Budget, BudgetSpent } from "#common/domain/budget.ts";
import type { RouteTable } from "#common/domain/route.ts";
import type { CredentialCuts } from "#common/wire/control.ts";
import { RequestTurns } from "./agent/http2/request-turns.ts";
import { StreamRoom } from "./agent/http2/stream-room.ts";
import { Tunnels } from "./agent/tunnels.ts";
import { DayBudget } from "./budget.ts";
import type { EgressClock } from "./clock.ts";
import { systemClock } from "./clock.ts";
import { ContentInspection } from "./content/content-inspection.ts";
import type { DataPlane } from "./data-plane.ts";
import type { DecisionSink } from "./decision-log.ts";
import { DecisionLog } from "./decision-log.ts";
import type { EgressLimits } from "./limits.ts";
import { defaultLimits } from "./limits.ts";
import { Credentials } from "./policy/credentials.ts";
import { CutCredentials } from "./policy/cut-credentials.ts";
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
  readonly cuts?: CredentialCuts;
  readonly budget?: Budget | null;
  readonly spent?: BudgetSpent | null;
  readonly onGrantUsed?: (grantId: string, left: number) => void;
  readonly onSpent?: (spent: BudgetSpent) => void;
}

/** A bottle's way out: terminates TLS, decides every request, injects credentials, streams (EGR-1…EGR-7). */
export interface EgressProxy extends AsyncDisposable {
  readonly port: number;
  /** When it returns, no request is decided by the old table any more, and what it no longer allows is closed. */
  setTable(table: RouteTable): void;
  /** When it returns, no request gets what is cut, and what got it is closed. */
  setCuts(cuts: CredentialCuts): void;
  setSecrets(values: Readonly<Record<string, string | null>>): void;
  /** Stops accepting, lets exchanges end within `graceMs`, then closes everything. */
  close(graceMs: number): Promise<void>;
}

export async function createEgressProxy(options: EgressProxyOptions): Promise<EgressProxy> {
  const plane = createDataPlane(options);
  const listener = new Listener(plane);
  await listener.listen(options.listen);
  preMint(plane);
  plane.content.prepareSoon();
  return {
    port: listener.port,
    setTable: (table) => listener.routesChanged(plane.routes.replace(table)),
    setCuts: (cuts) => listener.routesChanged(plane.routes.hostsNaming(plane.cuts.set(cuts))),
    setSecrets(values) {
      plane.credentials.set(values);
      plane.content.prepareSoon();
    },
    close: (graceMs) => listener.close(graceMs),
    [Symbol.asyncDispose]: () => listener.close(0),
  };
}

function createDataPlane(options: EgressProxyOptions): DataPlane {
  const limits = { ...defaultLimits, ...options.limits };
  const clock = options.clock ?? systemClock;
  const routes = new LiveRoutes(options.table, () => clock.wall());
  const credentials = new Credentials();
  const content = new ContentInspection(credentials);
  return {
    limits,
    clock,
    routes,
    credentials,
    content,
    cuts: new CutCredentials(options.cuts ?? { all: false, refs: [] }),
    budget: new DayBudget({
      budget: options.budget ?? null,
      spent: options.spent ?? null,
      clock,
      onSpent: (spent) => options.onSpent?.(spent),
    }),
    onGrantUsed: (grantId, left) => options.onGrantUsed?.(grantId, left),
    streams: new StreamRoom(limits.streams),
    turns: new RequestTurns(limits.streams),
    leaves: new LeafCertificates({
      caCertificatePem: options.ca.certificatePem,
      caKeyPem: options.ca.keyPem,
      maxContexts: limits.leafContexts,
      now: () => clock.wall(),
    }),
    pool: new UpstreamPool({ connector: options.connector, clock, limits }),
    log: new DecisionLog({
      sink: options.onDecision,
      clock,
      revision: () => routes.revision,
      conceal: (text) => content.heads.conceal(text),
    }),
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
  readonly #tunnels: Tunnels;
  readonly #sweeping: Disposable;
  #closed: Promise<void> | null = null;

  constructor(plane: DataPlane) {
    this.#plane = plane;
    this.#tunnels = new Tunnels(plane);
    this.#server = createServer((socket) => this.#tunnels.admit(socket));
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
        // A connection that cannot be accepted (no file descriptor left) is one fewer, and no reason to end.
        this.#server.on("error", () => undefined);
        resolve();
      });
    });
  }

  /** What is allowed on these hosts changed: nothing kept from before is used again, and what may not go on ends. */
  routesChanged(changed: readonly string[]): void {
    const hosts = new Set(changed);
    for (const host of hosts) this.#plane.pool.forget(host);
    if (hosts.size > 0) this.#tunnels.routesChanged(hosts);
  }

  close(graceMs: number): Promise<void> {
    this.#closed ??= this.#shutDown(graceMs);
    return this.#closed;
  }

  async #shutDown(graceMs: number): Promise<void> {
    const stopped = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#tunnels.endWhenIdle();
    if (graceMs > 0 && this.#tunnels.size > 0) await this.#emptyWithin(graceMs);
    this.#tunnels.destroy();
    this.#plane.pool.close();
    this.#sweeping[Symbol.dispose]();
    await stopped;
  }

  #emptyWithin(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#tunnels.onEmpty = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #sweep(): void {
    const now = this.#plane.clock.monotonic();
    this.routesChanged(this.#plane.routes.takeEnded());
    this.#tunnels.sweep(now);
    this.#plane.pool.sweep();
  }
}
