import type { Route } from "#common/domain/route.ts";
import type { EgressClock } from "../clock.ts";
import type { EgressLimits } from "../limits.ts";
import type { UpstreamConnector } from "./connector.ts";
import { UpstreamConnection } from "./upstream-connection.ts";

interface Warming {
  readonly opening: Promise<UpstreamConnection>;
  taken: boolean;
}

/** Idle keep-alive connections by route host. A connection never serves another host than the one it was verified for. */
export class UpstreamPool {
  readonly #connector: UpstreamConnector;
  readonly #clock: EgressClock;
  readonly #limits: EgressLimits;
  readonly #idle = new Map<string, UpstreamConnection[]>();
  /** Connections begun at CONNECT, ahead of the first request. */
  readonly #warming = new Map<string, Warming>();
  readonly #open = new Set<UpstreamConnection>();
  /** Grows when a host's connections must not be used any more. */
  readonly #generations = new Map<string, number>();
  #closed = false;

  constructor(parts: { connector: UpstreamConnector; clock: EgressClock; limits: EgressLimits }) {
    this.#connector = parts.connector;
    this.#clock = parts.clock;
    this.#limits = parts.limits;
  }

  /** The most recently used connection that was idle for less than `maxIdleMs`. */
  takeIdle(host: string, maxIdleMs: number): UpstreamConnection | null {
    const idle = this.#idle.get(host);
    for (let connection = idle?.pop(); connection !== undefined; connection = idle?.pop()) {
      const idleMs = this.#clock.monotonic() - connection.idleSince;
      if (connection.usable && idleMs < Math.min(maxIdleMs, this.#idleLimit(connection))) return connection;
      connection.destroy();
    }
    return null;
  }

  /** Starts connecting unless something is there already; failures show when a request needs it. */
  warm(route: Route): void {
    const { host } = route;
    if (this.#closed || this.#warming.has(host) || (this.#idle.get(host)?.length ?? 0) > 0) return;
    const warming: Warming = { opening: this.#openConnection(route), taken: false };
    this.#warming.set(host, warming);
    const settle = () => {
      if (this.#warming.get(host) === warming) this.#warming.delete(host);
    };
    warming.opening.then((connection) => {
      settle();
      if (!warming.taken) this.release(connection);
    }, settle);
  }

  connect(route: Route): Promise<UpstreamConnection> {
    const warming = this.#warming.get(route.host);
    if (warming === undefined) return this.#openConnection(route);
    this.#warming.delete(route.host);
    warming.taken = true;
    return warming.opening;
  }

  /** Takes back a connection whose exchange ended cleanly. */
  release(connection: UpstreamConnection): void {
    connection.end();
    const idle = this.#idleOf(connection.host);
    const current = connection.generation === this.#generationOf(connection.host);
    if (this.#closed || !current || !connection.usable || idle.length >= this.#limits.idleUpstreamsPerHost) {
      connection.destroy();
      return;
    }
    connection.idleSince = this.#clock.monotonic();
    idle.push(connection);
  }

  /** The host's route changed: what is idle or being opened under the old one is not used any more. */
  forget(host: string): void {
    this.#generations.set(host, this.#generationOf(host) + 1);
    this.#warming.delete(host);
    for (const connection of this.#idle.get(host) ?? []) connection.destroy();
    this.#idle.delete(host);
  }

  sweep(): void {
    const now = this.#clock.monotonic();
    for (const [host, idle] of this.#idle) {
      const kept = idle.filter((connection) => connection.usable && now - connection.idleSince < this.#idleLimit(connection));
      for (const connection of idle) if (!kept.includes(connection)) connection.destroy();
      if (kept.length === 0) this.#idle.delete(host);
      else this.#idle.set(host, kept);
    }
  }

  close(): void {
    this.#closed = true;
    for (const connection of this.#open) connection.destroy();
    this.#idle.clear();
  }

  async #openConnection(route: Route): Promise<UpstreamConnection> {
    const { host } = route;
    const generation = this.#generationOf(host);
    const upstream = await this.#connector.connect(route);
    const connection = new UpstreamConnection({ host, upstream, generation, limits: this.#limits });
    this.#open.add(connection);
    connection.onClosed = () => this.#open.delete(connection);
    if (this.#closed) connection.destroy();
    return connection;
  }

  #generationOf(host: string): number {
    return this.#generations.get(host) ?? 0;
  }

  #idleOf(host: string): UpstreamConnection[] {
    const known = this.#idle.get(host);
    if (known !== undefined) return known;
    const fresh: UpstreamConnection[] = [];
    this.#idle.set(host, fresh);
    return fresh;
  }

  // A second less than the server's own limit, so that it does not hang up on a request in flight.
  #idleLimit(connection: UpstreamConnection): number {
    return connection.keepAliveMs === null ? this.#limits.upstreamIdleMs : Math.max(0, connection.keepAliveMs - 1000);
  }
}
